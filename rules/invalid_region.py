from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    MOST_HINTS,
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Item,
    Severity,
    Statement,
    StatementRule,
    entry_written,
    is_region,
    is_region_misspelt,
    nearest_region,
    plain_values,
    quote,
)


class InvalidRegion(StatementRule):
    """A condition compares aws:RequestedRegion with what is no Region.

    ## Why it matters
    No request goes to such a Region: an Allow grants nothing, and a Deny of all but the listed Regions denies more than
    was meant.

    ## What to do instead
    Write the code of a Region, in lower case: `eu-west-1`. Global services report `us-east-1`.

    ## When it can be wrong
    The list of Regions is dated; one that AWS opened later is not in it.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
    - https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_REGION"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:requestedregion",))
    tags = ("validity", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:RequestedRegion":["eu-west-1","us-gov-west-1","cn-north-1"]}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"aws:RequestedRegion":"eu-*"}}}',
            why="a pattern",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEqualsIgnoreCase":{"aws:RequestedRegion":"EU-WEST-1"}}}',
            why="case does not matter here",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:RequestedRegion":"${aws:PrincipalTag/region}"}}}',
            why="a variable",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:RequestedRegion":"false"}}}',
            why="compares no value",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/region":"us-east-9"}}}',
            why="a tag may hold anything",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:RequestedRegion":«"us-east-9"»}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"AWS:RequestedRegion":["eu-west-1",«"eu-west1"»,«"EU-WEST-1"»]}}}',
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{"AWS:RequestedRegion":["eu-west-1"]}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLikeIfExists":{"aws:RequestedRegion":«"Ireland"»}}}',
            why="a pattern operator, but no pattern",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        hints = MOST_HINTS
        for _, item, text in plain_values(statement, self.condition_keys):
            if not is_region(text):
                hints -= 1
                near = nearest_region(text.lower()) if hints >= 0 and len(text) < _LONG else None
                advice = f"write {quote(near)}" if near else "write the code of a Region such as `eu-west-1`"
                rewrite = partial(_rewrite, statement, item, near) if near else None
                yield self.finding(item, f"{quote(item)} is no Region; {advice}", rewrite=rewrite)


def _rewrite(statement: Statement, item: Item, near: str) -> Draft | None:
    return entry_written(statement.policy, item.path, near) if is_region_misspelt(item.text, near) else None


_LONG = 100
