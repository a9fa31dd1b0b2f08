from collections.abc import Iterator

from iamlint.rule import PRINCIPAL_KINDS, Bad, Context, Good, Hit, Severity, Statement, StatementRule, quote


class InvalidPrincipalFormat(StatementRule):
    """Principal is a list, or a string other than `*`.

    ## Why it matters
    IAM refuses to save the policy: each principal stands under the kind that it is of.

    ## What to do instead
    Write `{"AWS": "111122223333"}`, `{"Service": "ec2.amazonaws.com"}`, or `"*"` for everybody.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_PRINCIPAL_FORMAT"
    kinds = PRINCIPAL_KINDS
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":7,"Action":"s3:*","Resource":"*"}', why="a wrong type is another rule"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":«"111122223333"»,"Action":"s3:*","Resource":"*"}', kind="resource"),
        Bad('{"Effect":"Allow","Principal":«["*"]»,"Action":"sts:AssumeRole"}', kind="trust"),
        Bad('{"Effect":"Deny","NotPrincipal":«""»,"Action":"s3:*","Resource":"*"}', kind="resource"),
        Bad('{"Effect":"Deny","Principal":«["*"]»,"Action":"s3:*","Resource":"*"}', kind="rcp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        everybody = statement.policy.kind == "rcp"  # which is the only Principal there
        for element in ("Principal", "NotPrincipal"):
            value = statement.value.get(element)
            if isinstance(value, str) and value != "*":
                advice = 'write `"*"`' if everybody else 'write {"AWS": …} or {"Service": …}'
                yield self.finding(statement.at(element), f"{element} is {quote(value)} without a kind; {advice}")
            elif isinstance(value, list):
                advice = 'write `"*"`' if everybody else 'put it under its kind, as in {"AWS": […]}'
                yield self.finding(statement.at(element), f"{element} is a list; {advice}")
