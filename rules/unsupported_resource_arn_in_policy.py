from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    attached_to,
    foreign_resources,
    foreign_to_rcp,
    quote,
)


class UnsupportedResourceArnInPolicy(StatementRule):
    """A policy is about a resource that it cannot be about, by the type of what it is attached to.

    ## Why it matters
    The policy of a resource only ever counts for requests to that resource, and S3 refuses one that names another. A
    resource control policy only counts for the services that support it.

    ## What to do instead
    Name the resource itself: `arn:aws:s3:::bucket` and `arn:aws:s3:::bucket/*` in the policy of a bucket.

    ## When it can be wrong
    Needs to know the type: `--policy-kind AWS::S3::Bucket`, or `[policy-kinds]` in the configuration. AWS extends
    resource control policies to further services; `iamlint data` tells the day of the list.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"
    kinds = frozenset(("resource", "rcp"))
    elements = frozenset(("Resource", "NotResource"))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}',
            kind="AWS::S3::Bucket",
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":["*","arn:aws:s3:::b"]}',
            kind="resource",
            why="the type is not known",
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:eu-west-1:111122223333:accesspoint/a/object/*"}',
            kind="AWS::S3::AccessPoint",
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3::111122223333:accesspoint/a.mrap/object/*"}',
            kind="AWS::S3::MultiRegionAccessPoint",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["*","arn:aws:s3:::b","arn:aws:iam::*:role/r"]}',
            kind="rcp",
            why="requests to STS name roles",
        ),
        Good('{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"b"}', kind="AWS::S3::Bucket", why="no ARN"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":«"*"»}', kind="AWS::S3::Bucket"),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":"s3:*",'
            '"Resource":["arn:aws:s3:::b",«"arn:aws:kms:eu-west-1:111122223333:key/k"»]}',
            kind="AWS::S3::Bucket",
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","NotResource":«"arn:aws:s3:::b/*"»}',
            kind="AWS::S3::AccessPoint",
        ),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
            '"Resource":«"arn:aws:s3:eu-west-1:111122223333:accesspoint/a"»}',
            kind="AWS::S3::MultiRegionAccessPoint",
            why="an access point has a Region",
        ),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":"dynamodb:GetItem","Resource":«"arn:aws:s3:::b"»}',
            kind="AWS::DynamoDB::Table",
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":«"arn:aws:cloud9:*:*:environment:e"»}',
            kind="rcp",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if statement.policy.kind == "rcp":
            for item in foreign_to_rcp(statement, ctx.catalogue):
                yield self.finding(
                    item, f"{quote(item)} is of a service that no resource control policy is for; remove it"
                )
        elif attached := attached_to(statement.policy):
            for item in foreign_resources(statement, attached, ctx.catalogue):
                example = attached.formats[0]
                yield self.finding(
                    item,
                    f"{quote(item)} cannot be a resource in the policy of {attached.words}; "
                    f"name the resource itself, {quote(example)}",
                )
