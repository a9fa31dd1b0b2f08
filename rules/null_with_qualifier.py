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
    key,
    operator_written,
    operators,
    parse_operator,
    quote,
)


class NullWithQualifier(StatementRule):
    """The operator Null stands under ForAllValues or ForAnyValue.

    ## Why it matters
    `Null` asks whether the key is there at all, not what its values are. By AWS's page `ForAllValues:Null` always
    holds and `ForAnyValue:Null` never does.

    ## What to do instead
    Write `Null` alone, for keys of several values, too.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "NULL_WITH_QUALIFIER"
    elements = frozenset(("Condition",))
    operators = frozenset(("null",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"Null":{"aws:TagKeys":"true"}}}'),
        Good('{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"ForAnyValue:Bool":{"x:key":"true"}}}'),
        Good(
            '{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"ForAnyValue:NullIfExists":{"x:key":"true"}}}',
            why="no operator at all: another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{«"ForAllValues:Null"»:{"aws:TagKeys":"true"}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"Null":{"aws:TagKeys":"false"},'
            '«"foranyvalue:NULL"»:{"aws:TagKeys":"false","aws:CalledVia":"true"}}}',
            rewritten='{"Effect":"Deny","Action":"ec2:*","Resource":"*",'
            '"Condition":{"Null":{"aws:TagKeys":"false","aws:CalledVia":"true"}}}',
            verdict="narrower",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for text, path in operators(statement):
            operator = parse_operator(text)
            if operator is not None and operator.family == "Null" and operator.quantifier:
                always = "always holds" if operator.quantifier == "ForAllValues" else "never holds"
                yield self.finding(
                    key(path),
                    f"{quote(text)} {always}; write `Null` alone",
                    rewrite=partial(operator_written, statement, text, "Null"),
                )
