from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule


class RoleTrustPolicyUnsupportedWildcardInPrincipal(StatementRule):
    """A role's trust policy has `*` as its whole Principal.

    ## Why it matters
    In a trust policy everybody is written `{"AWS": "*"}`; the short form, which resource policies know, is not
    supported there.

    ## What to do instead
    Name the accounts, roles, services or identity providers that may assume the role.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
    kinds = frozenset(("trust",))
    elements = frozenset(("Principal",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}', why="AWS accepts this form"),
        Good('{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":"sts:AssumeRole"}'),
        Good('{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}'),
        Good('{"Effect":"Allow","Principal":"**","Action":"sts:AssumeRole"}', why="another rule"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":«"*"»,"Action":"sts:AssumeRole"}'),
        Bad('{"Effect":"Deny","Principal":«"*"»,"Action":"sts:*"}', kind="trust"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if statement.value.get("Principal") == "*":
            message = "a trust policy cannot have `*` as its Principal; name who may assume the role"
            yield self.finding(statement.at("Principal"), message)
