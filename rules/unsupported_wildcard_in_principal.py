from collections.abc import Iterator

from iamlint.rule import (
    RESOURCE_KINDS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    has_wildcard,
    quote,
)

_KINDS = ("AWS", "CanonicalUser", "Federated", "Service")


class UnsupportedWildcardInPrincipal(StatementRule):
    """A principal has a wildcard in it.

    ## Why it matters
    Principals are compared as they stand: `*` or `?` inside a name matches nobody, and IAM and the services refuse to
    save the policy. Only `*` alone, under `AWS` or for the whole Principal, has a meaning: everybody.

    ## What to do instead
    Name each principal. For all roles with some name, write the account as the principal and compare
    `aws:PrincipalArn` with `ArnLike` in a condition.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
    kinds = RESOURCE_KINDS | {"trust"}
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":{"AWS":["*","111122223333"]},"Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}'),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole",'
            '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/ci-*"}}}',
            why="a condition may have one",
        ),
        Good('{"Effect":"Allow","Principal":"role/*","Action":"s3:*","Resource":"*"}', why="no kind: another rule"),
        Good('{"Effect":"Deny","Principal":{"AWS":"role/*"},"Action":"s3:*","Resource":"*"}', kind="rcp"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":{"AWS":«"arn:aws:iam::111122223333:role/ci-*"»},"Action":"sts:AssumeRole"}'),
        Bad(
            '{"Effect":"Deny","NotPrincipal":{"AWS":["111122223333",«"arn:aws:iam::1111222?3333:root"»]},'
            '"Action":"s3:*","Resource":"*"}'
        ),
        Bad('{"Effect":"Allow","Principal":{"Service":«"*"»},"Action":"sqs:SendMessage","Resource":"*"}'),
        Bad(
            '{"Effect":"Allow","Principal":{"Federated":«"arn:aws:iam::111122223333:saml-provider/*"»},'
            '"Action":"sts:AssumeRoleWithSAML"}'
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"CanonicalUser":«"79a5*"»,"AWS":"*"},"Action":"s3:*","Resource":"*"}',
            kind="endpoint",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for principal in statement.principals + statement.not_principals:
            if principal.type not in _KINDS or principal.is_everyone or not has_wildcard(principal.text):
                continue
            advice = "name the principals"
            if principal.type == "AWS":
                advice = "name the account, and compare `aws:PrincipalArn` with ArnLike"
            message = f"{quote(principal)} has a wildcard, which no principal under {principal.type} can have"
            yield self.finding(principal, f"{message}; {advice}")
