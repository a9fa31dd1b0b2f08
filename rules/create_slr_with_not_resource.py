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


class CreateSlrWithNotResource(StatementRule):
    """iam:CreateServiceLinkedRole is allowed on all roles but those that NotResource lists.

    ## Why it matters
    A service-linked role gives its service rights in the account. With every service open, the holder can switch on
    services that nobody asked for and hand them these rights. Services that AWS launches later are included as well.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::*:role/aws-service-role/SERVICE.amazonaws.com/*`), or let the condition
    `iam:AWSServiceName` name the service.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "CREATE_SLR_WITH_NOT_RESOURCE"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("NotResource",))
    actions = frozenset(("iam:createservicelinkedrole",))
    only_spelled = True
    tags = ("security", "least-privilege")

    good = [
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*"}', why="Resource is another rule"
        ),
        Good('{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","NotResource":"*"}', why="grants nothing"),
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","NotResource":"arn:aws:iam::*:role/aws-service-role/*",'
            '"Condition":{"StringEquals":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","NotResource":"arn:aws:iam::*:role/aws-service-role/*",'
            '"Condition":{"ForAnyValue:StringLike":{"iam:awsservicename":["autoscaling.*"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::*:role/aws-service-role/*"}',
            why="a pattern is another rule",
        ),
        Good(
            '{"Effect":"Deny","Action":"iam:CreateServiceLinkedRole","NotResource":"arn:aws:iam::*:role/aws-service-role/*"}',
            why="a Deny narrows",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","NotResource":"arn:aws:iam::*:role/aws-service-role/*"}',
            why="an SCP grants nothing",
            kind="scp",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["autoscaling:CreateAutoScalingGroup",«"iam:CreateServiceLinkedRole"»],'
            '"NotResource":«"arn:aws:iam::*:role/admin"»}',
            rewritten='{"Effect":"Allow","Action":["autoscaling:CreateAutoScalingGroup"],'
            '"NotResource":"arn:aws:iam::*:role/admin"},{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole",'
            '"NotResource":"arn:aws:iam::*:role/admin","Condition":{"StringEquals":{'
            '"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:CreateServiceLinkedRole"»,"NotResource":«"arn:aws:iam::*:role/aws-service-role/*"»}'
        ),
        Bad(
            '{"Effect":"Allow","Action":["ec2:RunInstances",«"iam:createservicelinkedrole"»],"NotResource":«["arn:aws:iam::*:role/aws-service-role/*"]»}'
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:CreateServiceLinkedRole"»,"NotResource":«"arn:aws:iam::*:role/aws-service-role/*"»,'
            '"Condition":{"StringEqualsIfExists":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}',
            why="AWS takes IfExists for no limit",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:CreateServiceLinkedRole"»,"NotResource":«"arn:aws:iam::*:role/aws-service-role/*"»,'
            '"Condition":{"StringLike":{"iam:AWSServiceName":"*.amazonaws.com"}}}',
            why="names no service",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, CREATE_SLR, "named", "NotResource", ctx)
