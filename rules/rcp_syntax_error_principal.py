from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, written


class RcpSyntaxErrorPrincipal(StatementRule):
    """The Principal of a resource control policy is not `*`.

    ## Why it matters
    AWS Organizations refuses to save the policy: it binds all principals who come to the resources.

    ## What to do instead
    Write `"Principal": "*"`. To bind some principals only, compare `aws:PrincipalArn` or `aws:PrincipalOrgID` in a
    condition.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "RCP_SYNTAX_ERROR_PRINCIPAL"
    kinds = frozenset(("rcp",))
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}', kind="rcp"),
        Good('{"Effect":"Deny","Principal":{},"Action":"s3:*","Resource":"*"}', kind="rcp", why="another rule"),
        Good('{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}', kind="resource"),
    ]
    bad = [
        Bad('{"Effect":"Deny","Principal":«{"AWS":"111122223333"}»,"Action":"s3:*","Resource":"*"}', kind="rcp"),
        Bad(
            '{"Effect":"Deny","Principal":«{"AWS":"*"}»,"Action":"s3:*","Resource":"*"}',
            kind="rcp",
            why="only the short form",
            rewritten='{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Deny","NotPrincipal":«"*"»,"Action":"s3:*","Resource":"*"}', kind="rcp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        principal = statement.value.get("Principal")
        if principal != "*" and principal and isinstance(principal, (str, list, dict)):
            message = "the Principal of a resource control policy is always everybody"
            path = statement.at("Principal")
            yield self.finding(
                path,
                f'{message}; write `"*"`, and name principals in a condition',
                rewrite=partial(written, path, "*" if principal in ({"AWS": "*"}, {"AWS": ["*"]}, ["*"]) else None),
            )
        if "NotPrincipal" in statement:
            message = "a resource control policy cannot have NotPrincipal"
            advice = 'write `"Principal": "*"`, and name in a condition who is not meant'
            yield self.finding(statement.at("NotPrincipal"), f"{message}; {advice}")
