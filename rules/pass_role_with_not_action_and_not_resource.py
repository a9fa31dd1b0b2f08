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


class PassRoleWithNotActionAndNotResource(StatementRule):
    """NotAction and NotResource together leave iam:PassRole allowed on nearly every role.

    ## Why it matters
    NotAction grants all that it does not list, and AWS's new actions too. `iam:PassRole` is among them: the holder
    can have a service act with the rights of a mightier role. Every role that is made later is included as well.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::111122223333:role/app/*`), or let the condition `iam:PassedToService`
    name the service that they may be passed to. Better: list the actions that are needed in Action.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 8.0
    aws = "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("NotAction",))
    services = frozenset(("iam",))
    tags = ("security", "privilege-escalation", "external/cwe/cwe-269")

    good = [
        Good('{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"Resource":"*"}', why="Resource is another rule"),
        Good('{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"NotResource":"*"}', why="grants nothing"),
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"NotResource":"arn:aws:iam::*:role/app-*",'
            '"Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}'
        ),
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","IAM:Pas*"],"NotResource":"arn:aws:iam::*:role/app-*"}',
            why="excluded",
        ),
        Good(
            '{"Effect":"Deny","NotAction":["s3:*","ec2:*"],"NotResource":"arn:aws:iam::*:role/app-*"}',
            why="a Deny narrows",
        ),
        Good(
            '{"Effect":"Allow","NotAction":["s3:*","ec2:*"],"NotResource":"arn:aws:iam::*:role/app-*"}',
            why="an SCP grants nothing",
            kind="scp",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","NotAction":«["iam:Get*"]»,"NotResource":«"arn:aws:iam::*:role/admin"»}',
            rewritten='{"Effect":"Allow","NotAction":["iam:Get*","iam:PassRole"],'
            '"NotResource":"arn:aws:iam::*:role/admin"},{"Effect":"Allow","Action":"iam:PassRole",'
            '"NotResource":"arn:aws:iam::*:role/admin","Condition":{"StringEquals":{'
            '"iam:PassedToService":"SERVICE.amazonaws.com"}}}',
            verdict="unproven",
        ),
        Bad('{"Effect":"Allow","NotAction":«["s3:*","ec2:*"]»,"NotResource":«"arn:aws:iam::*:role/app-*"»}'),
        Bad('{"Effect":"Allow","NotAction":«"iam:Get*"»,"NotResource":«"arn:aws:iam::*:role/app-*"»}', kind="boundary"),
        Bad(
            '{"Effect":"Allow","NotAction":«["s3:*","ec2:*"]»,"NotResource":«"arn:aws:iam::*:role/app-*"»,'
            '"Condition":{"StringNotEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}',
            why="leaves all other services",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, PASS_ROLE, "not excluded", "NotResource", ctx)
