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
    dead_statement_out,
    lone_wildcards,
    quote,
)


class RedundantStatementDueToWildcardInCondition(StatementRule):
    """A condition asks for a value that * does not match: the statement does nothing.

    ## Why it matters
    Each value matches `*`, and without a value the condition fails as well. An Allow gives nothing, a Deny stops
    nobody.

    ## What to do instead
    Name the values that are meant, or leave the key out.

    ## When it can be wrong
    AWS documents the message but not when it is given; the rule goes by what the condition means. Hence it is a
    preview.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION"
    preview = True
    elements = frozenset(("Condition",))
    operators = frozenset(("stringnotlike", "arnnotlike", "arnnotequals"))
    supersedes = frozenset(("condition-never-matches",))
    tags = ("style",)

    good = [
        Good('{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotLike":{"aws:username":"*"}}}'),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringNotLike":{"aws:TagKeys":"team-*"}}}'
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringNotLikeIfExists":{"aws:TagKeys":"*"},"ForAnyValue:StringLike":{"aws:TagKeys":"*"}}}',
            why="absent, and present",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:StringNotLike":{"aws:TagKeys":«"*"»}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"foranyvalue:arnnotlike":{'
            '"dynamodb:FISTargetARNs":[«"*"»]}}},{"Effect":"Allow","Action":"sqs:*","Resource":"*"}',
            rewritten='{"Effect":"Allow","Action":"sqs:*","Resource":"*"}',
            verdict="equivalent",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in lone_wildcards(statement, with_key=False, without_key=False):
            what = f"no value of {quote(condition.key)} escapes `*`, so the statement never applies"
            yield self.finding(
                condition.values[0],
                f"{what}; name the values that are meant",
                rewrite=partial(dead_statement_out, statement),
            )
