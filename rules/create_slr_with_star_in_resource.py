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


class CreateSlrWithStarInResource(StatementRule):
    """iam:CreateServiceLinkedRole is allowed for every service.

    ## Why it matters
    A service-linked role gives its service rights in the account. With every service open, the holder can switch on
    services that nobody asked for and hand them these rights.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::*:role/aws-service-role/SERVICE.amazonaws.com/*`), or let the condition
    `iam:AWSServiceName` name the service.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "CREATE_SLR_WITH_STAR_IN_RESOURCE"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("Resource",))
    actions = frozenset(("iam:createservicelinkedrole",))
    only_spelled = True
    tags = ("security", "least-privilege")

    good = [
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"arn:aws:iam::*:role/aws-service-role/*"}',
            why="roles by name",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*",'
            '"Condition":{"StringEquals":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*",'
            '"Condition":{"ForAnyValue:StringLike":{"iam:awsservicename":["autoscaling.*"]}}}'
        ),
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"*"}', why="a pattern is another rule"),
        Good('{"Effect":"Deny","Action":"iam:CreateServiceLinkedRole","Resource":"*"}', why="a Deny narrows"),
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*"}',
            why="an SCP grants nothing",
            kind="scp",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["autoscaling:CreateAutoScalingGroup",«"iam:CreateServiceLinkedRole"»],'
            '"Resource":«"*"»}',
            rewritten='{"Effect":"Allow","Action":["autoscaling:CreateAutoScalingGroup"],"Resource":"*"},{"Effect":"Allow",'
            '"Action":"iam:CreateServiceLinkedRole","Resource":"*","Condition":{"StringEquals":{'
            '"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Allow","Action":«"iam:CreateServiceLinkedRole"»,"Resource":«"*"»}'),
        Bad(
            '{"Effect":"Allow","Action":["ec2:RunInstances",«"iam:createservicelinkedrole"»],"Resource":["arn:aws:s3:::b",«"*"»]}'
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:CreateServiceLinkedRole"»,"Resource":«"*"»,'
            '"Condition":{"StringEqualsIfExists":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}',
            why="AWS takes IfExists for no limit",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:CreateServiceLinkedRole"»,"Resource":«"*"»,'
            '"Condition":{"StringLike":{"iam:AWSServiceName":"*.amazonaws.com"}}}',
            why="names no service",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, CREATE_SLR, "named", "Resource", ctx)
