from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, both


class UnsupportedElementCombination(StatementRule):
    """A statement holds an element together with its Not-twin.

    ## Why it matters
    IAM refuses to save the policy: `Action` and `NotAction`, `Resource` and `NotResource`, `Principal` and
    `NotPrincipal` exclude each other.

    ## What to do instead
    Keep one of the two, or split the statement.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_ELEMENT_COMBINATION"
    elements = frozenset(("NotAction", "NotResource", "NotPrincipal"))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}'),
        Good('{"Effect":"Deny","NotAction":"iam:*","NotResource":"*"}', why="two different elements"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":«"s3:*"»,"NotAction":«"s3:Get*"»,"Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":"s3:*","NotResource":«"*"»,"Resource":«"*"»}'),
        Bad('{"Effect":"Deny","Principal":«"*"»,"NotPrincipal":«"*"»,"Action":"s3:*","Resource":"*"}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for element in ("Action", "Resource", "Principal"):
            yield from both(self, statement, element, f"Not{element}")
