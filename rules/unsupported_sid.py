from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    ALL_KINDS,
    RESOURCE_KINDS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    is_valid_sid,
    quote,
    valid_sids,
)


class UnsupportedSid(StatementRule):
    """A Sid holds characters other than letters and digits.

    ## Why it matters
    IAM refuses to save the policy. Only the resource policies of some services take more.

    ## What to do instead
    Use `A`-`Z`, `a`-`z` and `0`-`9`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_SID"
    kinds = ALL_KINDS - RESOURCE_KINDS
    elements = frozenset(("Sid",))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good(
            '{"Statement":[{"Sid":"ReadOnly1","Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
        ),
        Good(
            '{"Statement":[{"Sid":"","Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            why="an empty one is another rule",
        ),
        Good(
            '{"Statement":[{"Sid":"my sid","Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            kind="resource",
            why="some services take it",
        ),
    ]
    bad = [
        Bad(
            '{"Statement":[{"Sid":«"my sid"»,"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
        ),
        Bad(
            '{"Statement":[{"Sid":"readOnly","Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":«"read-only"»,"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            kind="scp",
            rewritten='{"Statement":[{"Sid":"readOnly","Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":"readOnly2","Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            verdict="equivalent",
        ),
        Bad(
            '{"Statement":[{"Sid":«"é"»,"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            why="only letters of ASCII",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        sid = statement.sid
        if sid is not None and not is_valid_sid(sid):
            yield self.finding(
                statement.at("Sid"),
                f"{quote(sid)} holds more than letters and digits; use only these",
                rewrite=partial(valid_sids, statement.policy),
            )
