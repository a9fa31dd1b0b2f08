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


class EmptyArrayConditionForanyvalue(StatementRule):
    """A condition key under ForAnyValue has a list without a value.

    ## Why it matters
    A comparison with nothing: no request meets it. That is hardly what was meant.

    ## What to do instead
    List the values, or take the key out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EMPTY_ARRAY_CONDITION_FORANYVALUE"
    elements = frozenset(("Condition",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:username":["a"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:username":""}}}',
            why="an empty string is a value",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":[]}}}',
            why="another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:StringNotEquals":{"aws:TagKeys":«[]»}}}',
            why="any value differs from nothing",
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:TagKeys":"false"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:username":«[]»}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"foranyvalue:stringequals":{"aws:a":"x","aws:b":«[]»}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition, operator in empty_values(statement):
            if operator.quantifier == "ForAnyValue":
                message = f"{quote(condition.key)} has no value, so no request meets it; list the values"
                rewrite = partial(without_values, statement, condition, operator)
                yield self.finding(condition.path, message, rewrite=rewrite)
