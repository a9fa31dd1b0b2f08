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


class CreateSlrWithStarInResourceAndNotAction(StatementRule):
    """A NotAction that does not list iam:CreateServiceLinkedRole allows it for every service.

    ## Why it matters
    NotAction grants all that it does not list. Service-linked roles of services that nobody asked for can be created,
    and each gives its service rights in the account.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::*:role/aws-service-role/SERVICE.amazonaws.com/*`), or let the condition
    `iam:AWSServiceName` name the service. Better: list the actions that are needed in Action.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("NotAction",))
    services = frozenset(("iam",))
    tags = ("security", "least-privilege")

    good = [
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"Resource":"arn:aws:iam::*:role/aws-service-role/*"}',
            why="roles by name",
        ),
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"Resource":"*",'
            '"Condition":{"StringEquals":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}'
        ),
        Good('{"Effect":"Allow","NotAction":["s3:*","IAM:Cre*"],"Resource":"*"}', why="excluded"),
        Good('{"Effect":"Deny","NotAction":["s3:*","ec2:*"],"Resource":"*"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"Resource":"*"}', why="an SCP grants nothing", kind="scp"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","NotAction":«"iam:Get*"»,"Resource":«"*"»}',
            rewritten='{"Effect":"Allow","NotAction":["iam:Get*","iam:CreateServiceLinkedRole"],"Resource":"*"},{'
            '"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*","Condition":{"StringEquals":{'
            '"iam:AWSServiceName":"SERVICE.amazonaws.com"}}}',
            verdict="unproven",
        ),
        Bad('{"Effect":"Allow","NotAction":«["s3:*","ec2:*"]»,"Resource":«"*"»}'),
        Bad('{"Effect":"Allow","NotAction":«"iam:Get*"»,"Resource":«"*"»}', kind="boundary"),
        Bad(
            '{"Effect":"Allow","NotAction":«["s3:*","ec2:*"]»,"Resource":«"*"»,'
            '"Condition":{"StringNotEquals":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}',
            why="leaves all other services",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, CREATE_SLR, "not excluded", "Resource", ctx)
