from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    is_null_if_exists,
    key,
    operator_written,
    operators,
    quote,
)


class NullWithIfExists(StatementRule):
    """The operator Null carries IfExists.

    ## Why it matters
    IAM refuses to save the policy. `Null` asks whether a key is there, so "only if it is there" has no meaning.

    ## What to do instead
    Write `Null`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "NULL_WITH_IF_EXISTS"
    elements = frozenset(("Condition",))
    operators = frozenset(("?",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"aws:username":"true"}}}'),
        Good('{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:ViaAWSService":"true"}}}'),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{«"NullIfExists"»:{"aws:username":"true"}}}',
            rewritten='{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"aws:username":"true"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{«"ForAllValues:nullifexists"»:{"aws:TagKeys":"true"}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for operator, path in operators(statement):
            if is_null_if_exists(operator):
                yield self.finding(
                    key(path),
                    f"{quote(operator)} asks for a key only if it is there; write `Null`",
                    rewrite=partial(operator_written, statement, operator, "Null"),
                )
