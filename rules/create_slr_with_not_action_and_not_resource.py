from collections.abc import Iterator

from iamlint.rule import (
    CREATE_SLR,
    IDENTITY_KINDS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    role_right,
)


class CreateSlrWithNotActionAndNotResource(StatementRule):
    """NotAction and NotResource together leave iam:CreateServiceLinkedRole allowed nearly everywhere.

    ## Why it matters
    NotAction grants all that it does not list. Service-linked roles of services that nobody asked for can be created,
    and each gives its service rights in the account. Services that AWS launches later are included as well.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::*:role/aws-service-role/SERVICE.amazonaws.com/*`), or let the condition
    `iam:AWSServiceName` name the service. Better: list the actions that are needed in Action.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("NotAction",))
    services = frozenset(("iam",))
    tags = ("security", "least-privilege")

    good = [
        Good('{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"Resource":"*"}', why="Resource is another rule"),
        Good('{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"NotResource":"*"}', why="grants nothing"),
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"NotResource":"arn:aws:iam::*:role/aws-service-role/*",'
            '"Condition":{"StringEquals":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}'
        ),
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","IAM:Cre*"],"NotResource":"arn:aws:iam::*:role/aws-service-role/*"}',
            why="excluded",
        ),
        Good(
            '{"Effect":"Deny","NotAction":["s3:*","ec2:*"],"NotResource":"arn:aws:iam::*:role/aws-service-role/*"}',
            why="a Deny narrows",
        ),
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"NotResource":"arn:aws:iam::*:role/aws-service-role/*"}',
            why="an SCP grants nothing",
            kind="scp",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","NotAction":«["iam:Get*"]»,"NotResource":«"arn:aws:iam::*:role/admin"»}',
            rewritten='{"Effect":"Allow","NotAction":["iam:Get*","iam:CreateServiceLinkedRole"],'
            '"NotResource":"arn:aws:iam::*:role/admin"},{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole",'
            '"NotResource":"arn:aws:iam::*:role/admin","Condition":{"StringEquals":{'
            '"iam:AWSServiceName":"SERVICE.amazonaws.com"}}}',
            verdict="unproven",
        ),
        Bad(
            '{"Effect":"Allow","NotAction":«["s3:*","ec2:*"]»,"NotResource":«"arn:aws:iam::*:role/aws-service-role/*"»}'
        ),
        Bad(
            '{"Effect":"Allow","NotAction":«"iam:Get*"»,"NotResource":«"arn:aws:iam::*:role/aws-service-role/*"»}',
            kind="boundary",
        ),
        Bad(
            '{"Effect":"Allow","NotAction":«["s3:*","ec2:*"]»,"NotResource":«"arn:aws:iam::*:role/aws-service-role/*"»,'
            '"Condition":{"StringNotEquals":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}',
            why="leaves all other services",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, CREATE_SLR, "not excluded", "NotResource", ctx)
