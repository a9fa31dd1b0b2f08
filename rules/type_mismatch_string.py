from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, is_base64, meant_base64, misfits


class TypeMismatchString(StatementRule):
    """A value under BinaryEquals is not in base64.

    ## Why it matters
    The comparison never succeeds: an Allow gives nothing, a Deny stops nobody.

    ## What to do instead
    Write the bytes in base64, with its padding. Text is compared by string operators.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "TYPE_MISMATCH_STRING"
    elements = frozenset(("Condition",))
    operators = frozenset(("binary",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"BinaryEquals":{"x:key":"QmluYXJ5"}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"BinaryEquals":{"x:key":["YQ==","+/A="]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"a b"}}}',
            why="another type",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"BinaryEquals":{"x:key":"${aws:username}"}}}',
            why="a variable: another rule",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"BinaryEquals":{"x:key":«"no base64"»}}}'),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"binaryequalsifexists":{"x:key":["QmluYXJ5",«"QmluYXJ5Cg"»]}}}',
            why="the padding is missing",
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"binaryequalsifexists":{"x:key":["QmluYXJ5","QmluYXJ5Cg=="]}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:BinaryEquals":{"x:key":«"_-A="»}}}',
            why="the alphabet of URLs",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from misfits(self, statement, ("Binary",), is_base64, "bytes in base64", meant_base64)
