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
    is_number,
    parse_operator,
    quote,
    written,
)


class RedundantConditionValueNum(StatementRule):
    """A numeric condition has several bounds, of which one decides.

    ## Why it matters
    The values of a key are alternatives: less than 60 or less than 90 is less than 90. Whoever reads the smaller number
    takes the condition for stricter than it is.

    ## What to do instead
    Keep the one that decides, or the one that was meant.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "REDUNDANT_CONDITION_VALUE_NUM"
    elements = frozenset(("Condition",))
    operators = frozenset(
        ("numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals"),
    )
    tags = ("style",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":["10"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"s3:max-keys":["10","20"]}}}',
            why="each of them may be met",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":10},'
            '"NumericGreaterThan":{"s3:max-keys":[5]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":["10","x"]}}}',
            why="no number: another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":«["60", "90"]»}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"90"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"numericgreaterthanequalsifexists":{'
            '"s3:max-keys":«[10, 9.5, 10]»,"s3:signatureAge":600000}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in statement.conditions:
            operator = parse_operator(condition.operator) if len(condition.values) > 1 else None
            if operator is None or operator.family != "Numeric" or "Than" not in operator.name:
                continue
            if all(is_number(item.text) for item in condition.values):
                less = "Less" in operator.name
                decides = (max if less else min)(condition.values, key=lambda item: float(item.text))
                which = "greatest" if less else "least"
                yield self.finding(
                    condition.path,
                    f"only the {which} bound counts; write {quote(decides)} alone",
                    rewrite=partial(written, condition.path, decides.value),
                )
