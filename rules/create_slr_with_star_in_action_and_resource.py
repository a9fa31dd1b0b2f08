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


class CreateSlrWithStarInActionAndResource(StatementRule):
    """A wildcard in Action allows iam:CreateServiceLinkedRole, among the rest, for every service.

    ## Why it matters
    The pattern is wider than the work it was written for: with it comes the right to create the service-linked role
    of any service, which gives that service rights in the account.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::*:role/aws-service-role/SERVICE.amazonaws.com/*`), or let the condition
    `iam:AWSServiceName` name the service. List the actions in use instead of the pattern.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("Resource",))
    actions = frozenset(("iam:createservicelinkedrole",))
    only_wildcards = True
    tags = ("security", "least-privilege")

    good = [
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:role/aws-service-role/*"}',
            why="roles by name",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"StringEquals":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*"}',
            why="the action by name is another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":["iam:Get*","iam:?assRol","ec2:*"],"Resource":"*"}',
            why="none of them matches it",
        ),
        Good('{"Effect":"Deny","Action":"iam:*","Resource":"*"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"*"}', why="an SCP grants nothing", kind="scp"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["autoscaling:CreateAutoScalingGroup",«"iam:CreateServiceL*"»],'
            '"Resource":«"*"»}',
            rewritten='{"Effect":"Allow","Action":["autoscaling:CreateAutoScalingGroup"],"Resource":"*"},{"Effect":"Allow",'
            '"Action":"iam:CreateServiceLinkedRole","Resource":"*","Condition":{"StringEquals":{'
            '"iam:AWSServiceName":"autoscaling.amazonaws.com"}}}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Allow","Action":«"iam:*"»,"Resource":«"*"»}'),
        Bad('{"Effect":"Allow","Action":«"*"»,"Resource":«"*"»}'),
        Bad(
            '{"Effect":"Allow","Action":["iam:CreateServiceLinkedRole",«"iam:Crea*"»],"Resource":«"*"»}', kind="session"
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:*"»,"Resource":«"*"»,'
            '"Condition":{"Bool":{"aws:SecureTransport":"true"}}}',
            why="limits something else",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, CREATE_SLR, "matched", "Resource", ctx)
