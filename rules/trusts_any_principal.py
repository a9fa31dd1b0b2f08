from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    everyone_limit,
    everyone_named,
    is_closed,
    opening,
    quote,
    replayable,
    second_opinion,
    statement_matches_action,
)


class TrustsAnyPrincipal(StatementRule):
    """A role's trust policy lets every AWS account assume the role.

    ## Why it matters
    Anybody with an AWS account who learns the role's ARN gets its permissions. ARNs are no secret: they stand in logs,
    error messages and public code, and role names can be guessed.

    ## What to do instead
    Name the roles or accounts that need the role. Where these are all of an organization, keep `*` and add a condition
    on `aws:PrincipalOrgID`.

    ## When it can be wrong
    Whether some stranger can assume the role is decided over all principals and conditions, with the Deny statements of
    the policy; the finding carries the request. Where that cannot be told, the rule goes by what the statement says.
    A condition that takes only fixed accounts, organizations or principals keeps the rule silent, as long as a request
    without the key fails it. `sts:ExternalId` and ranges of addresses make the level `limited`: an external id is no
    secret by design, and an address says nothing of who calls.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 9.5
    kinds = frozenset(("trust",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    tags = ("security", "public-access", "external/cwe/cwe-284")

    good = [
        Good('{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/ci"},"Action":"sts:AssumeRole"}'),
        Good('{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}'),
        Good('{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:TagSession"}', why="tags, and assumes nothing"),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole",'
            '"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            why="one organization",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole",'
            '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}}',
            why="one account",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":{"AWS":«"*"»},"Action":"sts:AssumeRole"}'),
        Bad('{"Effect":"Allow","Principal":«"*"»,"Action":["sts:TagSession","STS:assumerole"]}'),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":["111122223333",«"*"»]},"Action":"sts:AssumeRole",'
            '"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"444455556666"}}}',
            why="all but one",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":«"*"»},"Action":"sts:AssumeRole",'
            '"Condition":{"StringLike":{"aws:PrincipalOrgID":"o-*"}}}',
            why="every organization",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":«"*"»},"Action":"sts:AssumeRole",'
            '"Condition":{"StringEquals":{"sts:ExternalId":"8d1f0c7e"}}}',
            level="limited",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":«"*"»},"Action":"sts:AssumeRole"},'
            '{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole",'
            '"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}',
            level="limited",
            why="the Deny keeps strangers out",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        principal = everyone_named(statement)
        if principal is None or not statement_matches_action(statement, "sts:AssumeRole"):
            return
        level, limiting = everyone_limit(statement)
        if level is None or (level == "full" and is_closed(statement)):
            return
        found = opening(statement)
        request = None if found is None else found.request
        message = f"{quote(principal)} lets every AWS account assume the role"
        if limiting is not None:
            message += f", as far as {quote(limiting.key)} allows"
        advice = "name the roles or accounts, or take only your `aws:PrincipalOrgID`"
        opinion = second_opinion(statement)
        shown = None if request is None else replayable(request, [statement.policy], ctx.catalogue)
        yield self.finding(principal, f"{message}; {advice}", level=level, witness=shown, policyuniverse=opinion)
