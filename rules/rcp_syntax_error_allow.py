from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, listing


class RcpSyntaxErrorAllow(StatementRule):
    """A resource control policy allows anything but everything.

    ## Why it matters
    AWS Organizations refuses to save the policy. Such policies only deny; the one Allow there is, of AWS's own
    `RCPFullAWSAccess`, is for all principals on all resources without a condition.

    ## What to do instead
    Deny what is not meant.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "RCP_SYNTAX_ERROR_ALLOW"
    kinds = frozenset(("rcp",))
    effect = "Allow"
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}', kind="rcp", why="RCPFullAWSAccess"),
        Good('{"Effect":"Allow","Principal":"*","Action":"*","Resource":["*"],"Condition":{}}', kind="rcp"),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"Bool":{"aws:SecureTransport":"false"}}}',
            kind="rcp",
        ),
        Good('{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::a"}', why="another kind"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":«"arn:aws:s3:::a"»}', kind="rcp"),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*",'
            '"Condition":«{"Bool":{"aws:SecureTransport":"true"}}»}',
            kind="rcp",
        ),
        Bad(
            '{"Effect":"Allow","Principal":«{"AWS":"111122223333"}»,"Action":"*","NotResource":«"arn:aws:s3:::a"»}',
            kind="rcp",
            why="one finding that marks both",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        value = statement.value
        narrowing = []
        if value.get("Principal", "*") not in ("*", {}):
            narrowing.append("Principal")
        if value.get("Resource", "*") not in ("*", ["*"]):
            narrowing.append("Resource")
        narrowing += [name for name in ("NotPrincipal", "NotResource") if name in value]
        if value.get("Condition"):
            narrowing.append("Condition")
        if narrowing:
            message = f"a resource control policy allows everything or nothing, so {listing(narrowing)} cannot narrow"
            yield self.finding([statement.at(name) for name in narrowing], f"{message}; deny what is not meant")
