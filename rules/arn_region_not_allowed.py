from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, faulty_arns, quote


class ArnRegionNotAllowed(StatementRule):
    """An ARN has a Region, though no resource of that form has one.

    ## Why it matters
    Resources of global services, and buckets, have ARNs without a Region: the statement is about none of them.

    ## What to do instead
    Leave the field empty: `arn:aws:iam::111122223333:role/r`. To limit a statement to a Region, use the condition key
    `aws:RequestedRegion`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "ARN_REGION_NOT_ALLOWED"
    elements = frozenset(("Resource", "NotResource"))
    faults = frozenset(("region-given",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:role/r"}'),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam:*:111122223333:role/r"}',
            why="`*` may stand for nothing",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:eu-west-1:111122223333:accesspoint/a"}',
            why="an access point has one",
        ),
        Good('{"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:eu-west-1:111122223333:instance/*"}'),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"iam:*","Resource":«"arn:aws:iam:us-east-1:111122223333:role/r"»}'),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::b",«"arn:aws:s3:eu-west-1::b/*"»]}',
            why="a bucket has none",
        ),
        Bad(
            '{"Effect":"Deny","Action":"route53:*","Resource":«"arn:aws:route53:us-*::hostedzone/Z1"»}',
            why="not even this pattern stands for nothing",
        ),
        Bad(
            '{"Effect":"Allow","Action":"iam:*","Resource":«"arn:aws:iam:nowhere:111122223333:role/r"»}',
            why="be it a Region or not",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in faulty_arns(statement, ctx.catalogue, "region-given"):
            _, _, service, region, _ = item.text.split(":", 4)
            yield self.finding(
                item,
                f"{quote(item)} has the Region {quote(region)}, such {quote(service)} resources have none; remove it",
            )
