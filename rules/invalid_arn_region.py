from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Item,
    Severity,
    Statement,
    StatementRule,
    arn_written,
    faulty_arns,
    is_region_misspelt,
    nearest_region,
    quote,
)


class InvalidArnRegion(StatementRule):
    """The Region in an ARN does not exist.

    ## Why it matters
    The statement is about no resource at all: an Allow grants nothing, a Deny denies nothing.

    ## What to do instead
    Write the code of the Region, `eu-west-1`, not its name; `*` for all.

    ## When it can be wrong
    AWS opens Regions; `iamlint data` tells the day of the list. Whether a service is offered in the Region is not
    checked.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    - https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    """

    severity = Severity.ERROR
    aws = "INVALID_ARN_REGION"
    elements = frozenset(("Resource", "NotResource"))
    faults = frozenset(("region",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:eu-west-1:111122223333:instance/*"}'),
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":["arn:aws:ec2:*:*:instance/*","arn:aws:ec2:eu-*-9:*:vpc/*"]}',
            why="a pattern is not judged",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}', why="no Region"),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam:us-east-9:111122223333:role/r"}',
            why="none is allowed there: another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:us-gov-west-1:111122223333:instance/*"}',
            why="a Region of another partition: not this rule's matter",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"ec2:*","Resource":«"arn:aws:ec2:us-east-9:111122223333:instance/*"»}'),
        Bad(
            '{"Effect":"Allow","Action":"sqs:*","NotResource":["arn:aws:sqs:eu-west-2:*:q",«"arn:aws:sqs:eu-west1:*:q"»]}',
            rewritten='{"Effect":"Allow","Action":"sqs:*",'
            '"NotResource":["arn:aws:sqs:eu-west-2:*:q","arn:aws:sqs:eu-west-1:*:q"]}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Deny","Action":"logs:*","Resource":«"arn:aws:logs:EU-WEST-1:111122223333:log-group:g:*"»}',
            why="lower case",
        ),
        Bad(
            '{"Effect":"Allow","Action":"sns:*","Resource":«"arn:aws:sns:eu-west-1a:111122223333:t"»}',
            why="a zone is no Region",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in faulty_arns(statement, ctx.catalogue, "region"):
            region = item.text.split(":", 4)[3]
            meant = nearest_region(region)
            advice = f"did you mean {quote(meant)}?" if meant else "write the code of the Region, such as `eu-west-1`"
            yield self.finding(
                item,
                f"{quote(region)} in {quote(item)} is no Region; {advice}",
                rewrite=partial(_rewrite, statement, item, region, meant) if meant else None,
            )


def _rewrite(statement: Statement, item: Item, region: str, meant: str) -> Draft | None:
    return arn_written(statement, item, "region", meant) if is_region_misspelt(region, meant) else None
