from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, is_boolean, meant_boolean, misfits


class TypeMismatchBoolean(StatementRule):
    """A value under a boolean operator is neither true nor false.

    ## Why it matters
    The comparison never succeeds: an Allow gives nothing, a Deny stops nobody.

    ## What to do instead
    Write `true` or `false`. To ask whether a key is there at all, use `Null`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "TYPE_MISMATCH_BOOLEAN"
    elements = frozenset(("Condition",))
    operators = frozenset(("bool", "null"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"TRUE"}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":[true]}}}',
            why="a JSON boolean",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:TokenIssueTime":"false"}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"yes"}}}',
            why="another type",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"${aws:x}"}}}',
            why="a variable: another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":«"no"»}}}',
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:TokenIssueTime":[«"absent"»]}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"boolifexists":{"aws:ViaAWSService":[«1»,"true"]}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:Bool":{"aws:SecureTransport":«""»}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from misfits(self, statement, ("Bool", "Null"), is_boolean, "`true` or `false`", meant_boolean)
