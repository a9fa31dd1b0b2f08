from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    PrincipalItem,
    Severity,
    Statement,
    StatementRule,
    has_wildcard,
    listing,
    provider_of,
    quote,
)

_KINDS = {
    "own": ("sts:AssumeRole", "accounts, users, roles and services"),
    "saml": ("sts:AssumeRoleWithSAML", "SAML providers"),
    "oidc": ("sts:AssumeRoleWithWebIdentity", "OpenID Connect providers"),
}
"""Kind of principals → the action by which they assume a role, and what they are."""


class MismatchedActionForPrincipal(StatementRule):
    """A trust policy gives a principal an action by which it cannot assume the role.

    ## Why it matters
    Accounts, roles, users and services call `sts:AssumeRole`; who signs in with a SAML provider
    `sts:AssumeRoleWithSAML`; who has a token of an OpenID Connect provider `sts:AssumeRoleWithWebIdentity`. With
    another of the three the principal does not get in.

    ## What to do instead
    Take the action that belongs to the principal; give principals of different kinds statements of their own.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISMATCHED_ACTION_FOR_PRINCIPAL"
    kinds = frozenset(("trust", "resource"))
    elements = frozenset(("Principal",))
    actions = frozenset(action.lower() for action, _ in _KINDS.values())
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}'
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},'
            '"Action":["STS:AssumeRoleWithWebIdentity","sts:TagSession"]}'
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/idp"},'
            '"Action":"sts:AssumeRoleWithSAML"}'
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:*"}',
            kind="trust",
            why="no action is written out",
        ),
        Good(
            '{"Effect":"Deny","Principal":{"AWS":"*"},'
            '"Action":["sts:AssumeRole","sts:AssumeRoleWithSAML","sts:AssumeRoleWithWebIdentity"]}',
            why="everybody may be of any kind",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Federated":"idp"},"Action":"sts:AssumeRoleWithSAML"}', why="another rule"
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":«"cognito-identity.amazonaws.com"»},'
            '"Action":[«"sts:AssumeRole"»,"sts:TagSession"]}'
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":«"arn:aws:iam::111122223333:saml-provider/idp"»},'
            '"Action":«"sts:assumerolewithwebidentity"»}'
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":[«"111122223333"»],"Federated":"arn:aws:iam::111122223333:saml-provider/a"},'
            '"Action":[«"sts:AssumeRoleWithSAML"»]}',
            why="only the provider fits",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":«"accounts.google.com"»},"Action":«"sts:AssumeRole"»,'
            '"Resource":"*"}',
            kind="resource",
            why="AWS looks at it wherever it stands",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        named = {item.text.lower(): item for item in reversed(statement.actions)}
        kinds = [(principal, kind) for principal in statement.principals if (kind := _kind(principal))]
        for wanted, (action, takers) in _KINDS.items():
            item = named.get(action.lower())
            wrong = [principal for principal, kind in kinds if wanted not in kind]
            if item is None or not wrong:
                continue
            fitting = sorted({_KINDS[kind[0]][0] for principal, kind in kinds if wanted not in kind and len(kind) == 1})
            advice = f"use {listing(fitting)} for that" if fitting else "name whom it is for"
            yield self.finding(
                [item, *wrong], f"{quote(item)} is for {takers} and not for {listing(wrong)}; {advice}", action=action
            )


def _kind(principal: PrincipalItem) -> tuple[str, ...]:
    """The kinds that the principal may be of; none where it is everybody or is not compared as it stands."""
    if has_wildcard(principal.text) or "${" in principal.text:
        return ()
    if principal.type in ("AWS", "Service"):
        return ("own",)
    if principal.type != "Federated":
        return ()
    provider = provider_of(principal.text)
    return (provider.kind,) if provider else ("saml", "oidc")
