from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, is_identifier, plain_values, quote


class InvalidVpceFormat(StatementRule):
    """A condition compares aws:SourceVpce with what is no identifier of a VPC endpoint.

    ## Why it matters
    No request comes through such a VPC endpoint: an Allow grants nothing, and a Deny of all others denies everything.

    ## What to do instead
    Write the identifier of the VPC endpoint: `vpce-` and 8 or 17 letters or digits.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_VPCE_FORMAT"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:sourcevpce",))
    tags = ("validity", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceVpce":["vpce-1a2b3c4d","vpce-0123456789abcdef0"]}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:SourceVpce":"vpce-*"}}}',
            why="a pattern",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceVpce":"${aws:PrincipalTag/vpc}"}}}',
            why="a variable",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:SourceVpce":"true"}}}',
            why="compares no value",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpc":"vpce-1"}}}',
            why="another key is another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceVpce":«"vpce-1"»}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEqualsIfExists":{"aws:sourcevpce":["vpce-1a2b3c4d",'
            '«"vpce-0123456789abcdef00"»,«"vpce-1a2b3c4_"»]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"aws:SourceVpce":«"vpc-1a2b3c4d"»}}}',
            why="the identifier of something else",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for _, item, text in plain_values(statement, self.condition_keys):
            if not is_identifier(text, "vpce-"):
                yield self.finding(
                    item, f"{quote(item)} is no VPC endpoint; write `vpce-` and its 8 or 17 letters or digits"
                )
