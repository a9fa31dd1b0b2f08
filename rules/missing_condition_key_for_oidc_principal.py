from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    for_own_tokens,
    oidc_principals,
    quote,
    tested_issuers,
)


class MissingConditionKeyForOidcPrincipal(StatementRule):
    """A role trusts an OpenID Connect provider without a condition on that provider's keys.

    ## Why it matters
    Everybody who can get a token of the provider can assume the role: for a public provider that is everybody who
    opens an account there.

    ## What to do instead
    Test the audience and the subject of the token: `accounts.google.com:aud`, `accounts.google.com:sub`. The prefix
    of the keys is the provider's name.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 9.5
    aws = "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"
    kinds = frozenset(("trust",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    tags = ("security", "external/cwe/cwe-287")

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity",'
            '"Condition":{"StringEquals":{"Accounts.Google.com:aud":"66677788899900"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",'
            '"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A1"},'
            '"Condition":{"StringLike":{"oidc.eks.eu-west-1.amazonaws.com/id/A1:sub":"system:serviceaccount:app:*"}}}',
            why="the path belongs to the provider's name",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/idp"},'
            '"Action":"sts:AssumeRoleWithSAML"}',
            kind="trust",
            why="SAML has other keys",
        ),
        Good(
            '{"Effect":"Deny","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity"}',
            why="a Deny narrows",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:TagSession"}',
            why="does not assume the role",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":'
            '{"Federated":«"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"»}}',
            environment={"repositories": ["acme/web"]},
            rewritten='{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":'
            '{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},'
            '"Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},'
            '"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/web:*"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":«"accounts.google.com"»},'
            '"Action":"sts:AssumeRoleWithWebIdentity"}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRole*",'
            '"Principal":{"Federated":[«"arn:aws:iam::111122223333:oidc-provider/gitlab.com"»,"accounts.google.com"]},'
            '"Condition":{"StringEquals":{"accounts.google.com:aud":"66677788899900"}}}',
            kind="trust",
            why="the condition tests another provider's key",
        ),
        Bad(
            '{"Effect":"Allow","Action":["sts:assumerolewithwebidentity","sts:TagSession"],'
            '"Principal":{"Federated":«"arn:aws:iam::111122223333:oidc-provider/gitlab.com"»},'
            '"Condition":{"StringEquals":{"gitlab.com.evil.example:sub":"x","aws:RequestedRegion":"eu-west-1"}}}',
            why="neither key is the provider's",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        tested = tested_issuers(statement)
        for principal, provider in oidc_principals(statement):
            if provider not in tested:
                message = f"whoever holds a token of {quote(provider)} may assume the role"
                advice = f"add conditions on {quote(f'{provider}:aud')} and its `:sub`"
                rewrite = partial(for_own_tokens, statement, principal, provider, ctx)
                yield self.finding(principal, f"{message}; {advice}", rewrite=rewrite)
