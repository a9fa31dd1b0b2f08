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


class PassRoleWithStarInResourceAndNotAction(StatementRule):
    """A NotAction that does not list iam:PassRole allows it on every role.

    ## Why it matters
    NotAction grants all that it does not list, and AWS's new actions too. `iam:PassRole` is among them: the holder
    can have a service act with the rights of a mightier role.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::111122223333:role/app/*`), or let the condition `iam:PassedToService`
    name the service that they may be passed to. Better: list the actions that are needed in Action.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 8.0
    aws = "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("NotAction",))
    services = frozenset(("iam",))
    tags = ("security", "privilege-escalation", "external/cwe/cwe-269")

    good = [
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"Resource":"arn:aws:iam::*:role/app-*"}',
            why="roles by name",
        ),
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"Resource":"*",'
            '"Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}'
        ),
        Good('{"Effect":"Allow","NotAction":["s3:*","IAM:Pas*"],"Resource":"*"}', why="excluded"),
        Good('{"Effect":"Deny","NotAction":["s3:*","ec2:*"],"Resource":"*"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"Resource":"*"}', why="an SCP grants nothing", kind="scp"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","NotAction":«"iam:Get*"»,"Resource":«"*"»}',
            rewritten='{"Effect":"Allow","NotAction":["iam:Get*","iam:PassRole"],"Resource":"*"},{"Effect":"Allow",'
            '"Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{'
            '"iam:PassedToService":"SERVICE.amazonaws.com"}}}',
            verdict="unproven",
        ),
        Bad('{"Effect":"Allow","NotAction":«["s3:*","ec2:*"]»,"Resource":«"*"»}'),
        Bad('{"Effect":"Allow","NotAction":«"iam:Get*"»,"Resource":«"*"»}', kind="boundary"),
        Bad(
            '{"Effect":"Allow","NotAction":«["s3:*","ec2:*"]»,"Resource":«"*"»,'
            '"Condition":{"StringNotEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}',
            why="leaves all other services",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, PASS_ROLE, "not excluded", "Resource", ctx)
