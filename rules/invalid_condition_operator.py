from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    MOST_HINTS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    is_null_if_exists,
    key,
    nearest_operator,
    operator_written,
    operators,
    parse_operator,
    quote,
)


class InvalidConditionOperator(StatementRule):
    """A condition operator has a name that IAM does not know.

    ## Why it matters
    IAM refuses to save the policy.

    ## What to do instead
    Write one of the operators of the User Guide. `ForAllValues:` and `ForAnyValue:` may stand before it, `IfExists`
    after it.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_CONDITION_OPERATOR"
    elements = frozenset(("Condition",))
    operators = frozenset(("?",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"x"}}}'),
        Good(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"stringlike":{"aws:username":"x"}}}',
            why="any case",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ForAnyValue:ArnNotLikeIfExists":{"aws:x":"x"}}}'
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NullIfExists":{"aws:x":"true"}}}',
            why="another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":{«"StringsEqual"»:{"aws:username":"x"}}}',
            rewritten='{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"x"}}}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:x":"true"},«"StringMatches"»:{"aws:x":"x"}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{«"ForSomeValues:StringEquals"»:{"aws:TagKeys":"x"}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{«"aws:SourceIp"»:"203.0.113.0/24"}}',
            why="a key without operator",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        hints = 0
        for operator, path in operators(statement):
            if parse_operator(operator) is not None or is_null_if_exists(operator):
                continue
            hints += 1
            near = nearest_operator(operator) if hints <= MOST_HINTS else None
            advice = f"did you mean {quote(near)}?" if near else "take one from the User Guide's list"
            yield self.finding(
                key(path),
                f"{quote(operator)} is no condition operator; {advice}",
                rewrite=partial(operator_written, statement, operator, near),
            )
