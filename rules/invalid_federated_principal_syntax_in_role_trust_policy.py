from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, has_wildcard, provider_of, quote


class InvalidFederatedPrincipalSyntaxInRoleTrustPolicy(StatementRule):
    """A trust policy names an identity provider that is neither a domain name nor the ARN of a provider.

    ## Why it matters
    IAM refuses to save the policy.

    ## What to do instead
    Write the ARN of a SAML or OpenID Connect provider of the account, or the domain of one that IAM knows by itself:
    `cognito-identity.amazonaws.com`, `accounts.google.com`, `www.amazon.com`, `graph.facebook.com`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY"
    kinds = frozenset(("trust",))
    elements = frozenset(("Principal",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity"}'
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"arn:aws-cn:iam::111122223333:saml-provider/my_idp"},'
            '"Action":"sts:AssumeRoleWithSAML"}'
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A1"}}'
        ),
        Good('{"Effect":"Allow","Principal":{"Federated":"*"},"Action":"sts:AssumeRoleWithSAML"}', why="another rule"),
        Good('{"Effect":"Allow","Principal":{"Federated":"idp"},"Action":"s3:*","Resource":"*"}', why="another rule"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":{"Federated":«"my idp"»},"Action":"sts:AssumeRoleWithSAML"}'),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":[«"https://accounts.google.com"»,"accounts.google.com"]},'
            '"Action":"sts:AssumeRoleWithWebIdentity"}',
            why="the name of a provider does without https://",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":«"arn:aws:iam::111122223333:role/idp"»},'
            '"Action":"sts:AssumeRoleWithSAML"}'
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":«"arn:aws:iam::1111:saml-provider/idp"»},'
            '"Action":"sts:AssumeRoleWithSAML"}',
            why="no account has such a number",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for principal in statement.principals:
            text = principal.text
            if principal.type == "Federated" and not (_is_provider(text) or has_wildcard(text) or "${" in text):
                yield self.finding(
                    principal,
                    f"{quote(text)} is no identity provider; write a domain name, or an ARN as in "
                    "`arn:aws:iam::111122223333:saml-provider/NAME`",
                )


def _is_provider(text: str) -> bool:
    if provider_of(text) is None:
        return False
    if not text.startswith("arn:"):
        return True
    fields = text.split(":", 5)
    account = fields[4]
    return fields[2:4] == ["iam", ""] and len(account) == 12 and account.isascii() and account.isdecimal()
