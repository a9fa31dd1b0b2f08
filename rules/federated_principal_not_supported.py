from collections.abc import Iterator

from iamlint.rule import RESOURCE_KINDS, Bad, Context, Good, Hit, Severity, Statement, StatementRule, quote


class FederatedPrincipalNotSupported(StatementRule):
    """A resource policy names an identity provider.

    ## Why it matters
    The service refuses the policy. Whoever signs in with a provider comes to a resource as a session of the role that
    trusts the provider; only the role's trust policy names the provider.

    ## What to do instead
    Name the role, or its sessions, under `AWS`. To tell sessions by where they signed in, compare
    `aws:FederatedProvider` in a condition.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "FEDERATED_PRINCIPAL_NOT_SUPPORTED"
    kinds = RESOURCE_KINDS
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity"}'
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"STS:AssumeRoleWithWebIdentity",'
            '"Resource":"*"}',
            why="still shows that it is meant for a role",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::111122223333:federated-user/ann"},"Action":"s3:GetObject",'
            '"Resource":"*"}',
            why="a session is no provider",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":«"cognito-identity.amazonaws.com"»},"Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:::a/*"}'
        ),
        Bad(
            '{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333","Federated":['
            '«"arn:aws:iam::111122223333:saml-provider/idp"»]},"Action":"sqs:*","Resource":"*"}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if any(item.text.lower().startswith("sts:assumerole") for item in statement.actions):
            return  # AWS's validation takes such a statement for one of a trust policy
        for principal in statement.principals + statement.not_principals:
            if principal.type == "Federated":
                message = f"{quote(principal)} is an identity provider, which only trust policies can name"
                yield self.finding(principal, f"{message}; name the role that trusts it")
