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


class PassRoleWithNotResource(StatementRule):
    """iam:PassRole is allowed on all roles but those that NotResource lists.

    ## Why it matters
    Who may pass a role to a service can have that service act with the role's rights. With every role open, that
    includes roles far mightier than the holder: an EC2 instance or a Lambda function with an administrator's role is
    enough. Every role that is made later is included as well.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::111122223333:role/app/*`), or let the condition `iam:PassedToService`
    name the service that they may be passed to.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 8.0
    aws = "PASS_ROLE_WITH_NOT_RESOURCE"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("NotResource",))
    actions = frozenset(("iam:passrole",))
    only_spelled = True
    tags = ("security", "privilege-escalation", "external/cwe/cwe-269")

    good = [
        Good('{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}', why="Resource is another rule"),
        Good('{"Effect":"Allow","Action":"iam:PassRole","NotResource":"*"}', why="grants nothing"),
        Good(
            '{"Effect":"Allow","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/app-*",'
            '"Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/app-*",'
            '"Condition":{"ForAnyValue:StringLike":{"iam:passedtoservice":["ecs-tasks.*"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::*:role/app-*"}',
            why="a pattern is another rule",
        ),
        Good(
            '{"Effect":"Deny","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/app-*"}', why="a Deny narrows"
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/app-*"}',
            why="an SCP grants nothing",
            kind="scp",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["lambda:CreateFunction",«"iam:PassRole"»],'
            '"NotResource":«"arn:aws:iam::*:role/admin"»}',
            rewritten='{"Effect":"Allow","Action":["lambda:CreateFunction"],"NotResource":"arn:aws:iam::*:role/admin"},{'
            '"Effect":"Allow","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/admin","Condition":{'
            '"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Allow","Action":«"iam:PassRole"»,"NotResource":«"arn:aws:iam::*:role/app-*"»}'),
        Bad(
            '{"Effect":"Allow","Action":["ec2:RunInstances",«"iam:passrole"»],"NotResource":«["arn:aws:iam::*:role/app-*"]»}'
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:PassRole"»,"NotResource":«"arn:aws:iam::*:role/app-*"»,'
            '"Condition":{"StringEqualsIfExists":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}',
            why="AWS takes IfExists for no limit",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:PassRole"»,"NotResource":«"arn:aws:iam::*:role/app-*"»,'
            '"Condition":{"StringLike":{"iam:PassedToService":"*.amazonaws.com"}}}',
            why="names no service",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, PASS_ROLE, "named", "NotResource", ctx)
