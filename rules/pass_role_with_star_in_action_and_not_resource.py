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


class PassRoleWithStarInActionAndNotResource(StatementRule):
    """A wildcard in Action allows iam:PassRole on all roles but those that NotResource lists.

    ## Why it matters
    The pattern is wider than the work it was written for: with it comes the right to pass any role to a service and
    to act through that service with the role's rights, an administrator's too. Every role that is made later is
    included as well.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::111122223333:role/app/*`), or let the condition `iam:PassedToService`
    name the service that they may be passed to. List the actions in use instead of the pattern.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 8.0
    aws = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("NotResource",))
    actions = frozenset(("iam:passrole",))
    only_wildcards = True
    tags = ("security", "privilege-escalation", "external/cwe/cwe-269")

    good = [
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"*"}', why="Resource is another rule"),
        Good('{"Effect":"Allow","Action":"iam:*","NotResource":"*"}', why="grants nothing"),
        Good(
            '{"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::*:role/app-*",'
            '"Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/app-*"}',
            why="the action by name is another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":["iam:Get*","iam:?assRol","ec2:*"],"NotResource":"arn:aws:iam::*:role/app-*"}',
            why="none of them matches it",
        ),
        Good('{"Effect":"Deny","Action":"iam:*","NotResource":"arn:aws:iam::*:role/app-*"}', why="a Deny narrows"),
        Good(
            '{"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::*:role/app-*"}',
            why="an SCP grants nothing",
            kind="scp",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["lambda:CreateFunction",«"iam:Pass*"»],'
            '"NotResource":«"arn:aws:iam::*:role/admin"»}',
            rewritten='{"Effect":"Allow","Action":["lambda:CreateFunction"],"NotResource":"arn:aws:iam::*:role/admin"},{'
            '"Effect":"Allow","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/admin","Condition":{'
            '"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Allow","Action":«"iam:*"»,"NotResource":«"arn:aws:iam::*:role/app-*"»}'),
        Bad('{"Effect":"Allow","Action":«"*"»,"NotResource":«"arn:aws:iam::*:role/app-*"»}'),
        Bad(
            '{"Effect":"Allow","Action":["iam:PassRole",«"iam:Pass*"»],"NotResource":«"arn:aws:iam::*:role/app-*"»}',
            kind="session",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"iam:*"»,"NotResource":«"arn:aws:iam::*:role/app-*"»,'
            '"Condition":{"Bool":{"aws:SecureTransport":"true"}}}',
            why="limits something else",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, PASS_ROLE, "matched", "NotResource", ctx)
