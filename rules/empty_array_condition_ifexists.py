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


class EmptyArrayConditionIfexists(StatementRule):
    """A condition key under an operator with IfExists has a list without a value.

    ## Why it matters
    A comparison with nothing: only requests without the key meet it. That is hardly what was meant.

    ## What to do instead
    List the values, or take the key out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EMPTY_ARRAY_CONDITION_IFEXISTS"
    elements = frozenset(("Condition",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:username":["a"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:username":""}}}',
            why="an empty string is a value",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":[]}}}',
            why="another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:username":«[]»}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:username":"true"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"stringequalsifexists":{"aws:a":"x","aws:b":«[]»}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition, operator in empty_values(statement):
            if operator.if_exists and not operator.quantifier:
                message = (
                    f"{quote(condition.key)} has no value, so only requests without the key meet it; list the values"
                )
                rewrite = partial(without_values, statement, condition, operator)
                yield self.finding(condition.path, message, rewrite=rewrite)
