from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Condition,
    Context,
    Draft,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    condition_out,
    lone_wildcards,
    quote,
)


class RedundantKeyDueToWildcardInCondition(StatementRule):
    """A condition compares with * alone and also holds without the key: it holds always.

    ## Why it matters
    The condition limits nothing, but looks as if it did.

    ## What to do instead
    Leave the key out, or name the values that are meant.

    ## When it can be wrong
    AWS documents the message but not when it is given; the rule goes by what the condition means. Hence it is a
    preview.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"
    preview = True
    elements = frozenset(("Condition",))
    operators = frozenset(("stringlike", "arnlike", "arnequals"))
    supersedes = frozenset(("condition-always-matches",))
    tags = ("style",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":"*"}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLikeIfExists":{"aws:username":"a*"}}}'
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotLikeIfExists":{"aws:username":"*"},'
            '"ForAnyValue:StringLike":{"aws:TagKeys":"*"}}}',
            why="absent, and present",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLikeIfExists":{"aws:username":«"*"»}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":[«"*"»]},'
            '"arnlikeifexists":{"aws:SourceArn":«"*"»}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in lone_wildcards(statement, with_key=True, without_key=True):
            what = f"the condition on {quote(condition.key)} holds for every request"
            yield self.finding(
                condition.values[0],
                f"{what}; leave it out, or name the values that are meant",
                rewrite=partial(_rewrite, statement, condition),
            )


def _rewrite(statement: Statement, condition: Condition) -> Draft:
    return Draft("take the condition out", condition_out(statement, condition))
