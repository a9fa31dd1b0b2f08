from collections.abc import Iterator

from iamlint.rule import IDENTITY_KINDS, Bad, Context, Good, Hit, Severity, Statement, StatementRule


class UnsupportedPrincipal(StatementRule):
    """A policy that is attached to an identity names a principal.

    ## Why it matters
    IAM refuses to save the policy: its principal is the user, group or role that it is attached to.

    ## What to do instead
    Take the element out, or attach the policy to the resource instead.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_PRINCIPAL"
    kinds = IDENTITY_KINDS
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}', kind="resource"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject","Resource":"*"}', kind="identity"),
        Bad(
            '{"Effect":"Deny","NotPrincipal":«{"AWS":"111122223333"}»,"Action":"s3:GetObject","Resource":"*"}',
            kind="boundary",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for element in ("Principal", "NotPrincipal"):
            if element in statement:
                message = f"a policy attached to an identity cannot have {element}; take it out"
                yield self.finding(statement.at(element), message)
