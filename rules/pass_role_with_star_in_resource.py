from collections.abc import Iterator

from iamlint.rule import (
    IDENTITY_KINDS,
    PASS_ROLE,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    role_right,
)


class PassRoleWithStarInResource(StatementRule):
    """iam:PassRole is allowed on every role.

    ## Why it matters
    Who may pass a role to a service can have that service act with the role's rights. With every role open, that
    includes roles far mightier than the holder: an EC2 instance or a Lambda function with an administrator's role is
    enough.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::111122223333:role/app/*`), or let the condition `iam:PassedToService`
    name the service that they may be passed to.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 8.0
    aws = "PASS_ROLE_WITH_STAR_IN_RESOURCE"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("Resource",))
    actions = frozenset(("iam:passrole",))
    only_spelled = True
    tags = ("security", "privilege-escalation", "external/cwe/cwe-269")

    good = [
        Good('{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/app-*"}', why="roles by name"),
        Good(
            '{"Effect":"Allow","Action":"iam:PassRole","Resource":"*",'
            '"Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:PassRole","Resource":"*",'
            '"Condition":{"ForAnyValue:StringLike":{"iam:passedtoservice":["ecs-tasks.*"]}}}'
        ),
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"*"}', why="a pattern is another rule"),
        Good('{"Effect":"Deny","Action":"iam:PassRole","Resource":"*"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}', why="an SCP grants nothing", kind="scp"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["lambda:CreateFunction",«"iam:PassRole"»],"Resource":«"*"»}',
            rewritten='{"Effect":"Allow","Action":["lambda:CreateFunction"],"Resource":"*"},{"Effect":"Allow",'
            '"Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{'
            '"iam:PassedToService":"lambda.amazonaws.com"}}}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Allow","Action":«"iam:PassRole"»,"Resource":«"*"»}'),
        Bad('{"Effect":"Allow","Action":["ec2:RunInstances",«"iam:passrole"»],"Resource":["arn:aws:s3:::b",«"*"»]}'),
        Bad(
            '{"Effect":"Allow","Action":«"iam:PassRole"»,"Resource":«"*"»,'
            '"Condition":{"StringEqualsIfExists":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}',
            why="AWS takes IfExists for no limit",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:PassRole"»,"Resource":«"*"»,'
            '"Condition":{"StringLike":{"iam:PassedToService":"*.amazonaws.com"}}}',
            why="names no service",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, PASS_ROLE, "named", "Resource", ctx)
