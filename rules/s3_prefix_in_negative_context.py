from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, parse_operator, quote


class S3PrefixInNegativeContext(StatementRule):
    """s3:prefix is used where a shorter prefix gets around it.

    ## Why it matters
    `s3:prefix` holds the prefix that the caller asks for. Whoever asks for a shorter one, or for none, does not match
    `private/*` and still lists what is below `private/`.

    ## What to do instead
    Allow listing only with the prefixes that may be listed (`StringLike` in an Allow), or deny all others
    (`StringNotLike` in a Deny).

    ## References
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 5.5
    aws = "S3_PREFIX_IN_NEGATIVE_CONTEXT"
    elements = frozenset(("Condition",))
    operators = frozenset(("string",))
    condition_keys = frozenset(("s3:prefix",))
    tags = ("security", "conditions", "s3")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"s3:prefix":"home/*"}}}',
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotLike":{"s3:prefix":"home/*"}}}',
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Null":{"s3:prefix":"true"}}}',
            why="compares no value",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"s3:delimiter":"/"}}}',
            why="another key",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringLike":{«"s3:prefix"»:"private/*"}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",'
            '"Condition":{"StringNotLike":{«"s3:prefix"»:["private/*"]}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEqualsIfExists":{«"S3:Prefix"»:"private/"}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in statement.conditions:
            operator = parse_operator(condition.operator) if condition.key.lower() == "s3:prefix" else None
            if operator is None or operator.family != "String":
                continue
            if statement.denies if not operator.negated else statement.allows:
                yield self.finding(
                    condition,
                    f"a request with a shorter prefix gets around {quote(condition.operator)} and lists what is below; "
                    "allow only the prefixes to be listed, or deny all others with StringNotLike",
                )
