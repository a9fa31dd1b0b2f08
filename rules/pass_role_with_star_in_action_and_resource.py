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


class PassRoleWithStarInActionAndResource(StatementRule):
    """A wildcard in Action allows iam:PassRole, among the rest, on every role.

    ## Why it matters
    The pattern is wider than the work it was written for: with it comes the right to pass any role to a service and
    to act through that service with the role's rights, an administrator's too.

    ## What to do instead
    List the roles in Resource (`arn:aws:iam::111122223333:role/app/*`), or let the condition `iam:PassedToService`
    name the service that they may be passed to. List the actions in use instead of the pattern.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 8.0
    aws = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"
    kinds = IDENTITY_KINDS
    effect = "Allow"
    elements = frozenset(("Resource",))
    actions = frozenset(("iam:passrole",))
    only_wildcards = True
    tags = ("security", "privilege-escalation", "external/cwe/cwe-269")

    good = [
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:role/app-*"}', why="roles by name"),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*",'
            '"Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}'
        ),
        Good('{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}', why="the action by name is another rule"),
        Good(
            '{"Effect":"Allow","Action":["iam:Get*","iam:?assRol","ec2:*"],"Resource":"*"}',
            why="none of them matches it",
        ),
        Good('{"Effect":"Deny","Action":"iam:*","Resource":"*"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"*"}', why="an SCP grants nothing", kind="scp"),
    ]
    bad = [
        Bad(
            '{"Sid":"Run","Effect":"Allow","Action":["lambda:CreateFunction",«"iam:Pass*"»],"Resource":«"*"»}',
            rewritten='{"Sid":"Run","Effect":"Allow","Action":["lambda:CreateFunction"],"Resource":"*"},{'
            '"Sid":"RunPassRole","Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{'
            '"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Allow","Action":«"iam:*"»,"Resource":«"*"»}'),
        Bad('{"Effect":"Allow","Action":«"*"»,"Resource":«"*"»}'),
        Bad('{"Effect":"Allow","Action":["iam:PassRole",«"iam:Pass*"»],"Resource":«"*"»}', kind="session"),
        Bad(
            '{"Effect":"Allow","Action":«"iam:*"»,"Resource":«"*"»,'
            '"Condition":{"Bool":{"aws:SecureTransport":"true"}}}',
            why="limits something else",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from role_right(self, statement, PASS_ROLE, "matched", "Resource", ctx)
