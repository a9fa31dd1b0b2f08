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
    empty_values,
    quote,
    without_values,
)


class EmptyArrayCondition(StatementRule):
    """A condition key has a list without a value.

    ## Why it matters
    A comparison with nothing: it never succeeds. That is hardly what was meant.

    ## What to do instead
    List the values, or take the key out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EMPTY_ARRAY_CONDITION"
    elements = frozenset(("Condition",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":["a"]}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":""}}}',
            why="an empty string is a value",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:username":[]}}}',
            why="another rule",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":«[]»}}}'),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:username":«[]»}}}',
            why="none is equal to nothing",
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"stringequals":{"aws:a":"x","aws:b":«[]»}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition, operator in empty_values(statement):
            if not operator.quantifier and not operator.if_exists:
                message = f"{quote(condition.key)} has no value, so the comparison never succeeds; list the values"
                rewrite = partial(without_values, statement, condition, operator)
                yield self.finding(condition.path, message, rewrite=rewrite)
