from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, is_identifier, plain_values, quote


class InvalidVpcFormat(StatementRule):
    """A condition compares aws:SourceVpc with what is no identifier of a VPC.

    ## Why it matters
    No request comes through such a VPC: an Allow grants nothing, and a Deny of all others denies everything.

    ## What to do instead
    Write the identifier of the VPC: `vpc-` and 8 or 17 letters or digits.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpc
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_VPC_FORMAT"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:sourcevpc",))
    tags = ("validity", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceVpc":["vpc-1a2b3c4d","vpc-0123456789abcdef0"]}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:SourceVpc":"vpc-*"}}}',
            why="a pattern",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceVpc":"${aws:PrincipalTag/vpc}"}}}',
            why="a variable",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:SourceVpc":"true"}}}',
            why="compares no value",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpc-1"}}}',
            why="another key is another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceVpc":«"vpc-1"»}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEqualsIfExists":{"aws:sourcevpc":["vpc-1a2b3c4d",'
            '«"vpc-0123456789abcdef00"»,«"vpc-1a2b3c4_"»]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{"aws:SourceVpc":«"vpce-1a2b3c4d"»}}}',
            why="the identifier of something else",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for _, item, text in plain_values(statement, self.condition_keys):
            if not is_identifier(text, "vpc-"):
                yield self.finding(item, f"{quote(item)} is no VPC; write `vpc-` and its 8 or 17 letters or digits")
