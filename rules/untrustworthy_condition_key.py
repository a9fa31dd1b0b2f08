from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, quote


class UntrustworthyConditionKey(StatementRule):
    """A condition relies on a key that the caller can set at will.

    ## Why it matters
    Every HTTP client can send any `User-Agent` and `Referer`. Such a condition keeps nobody out.

    ## What to do instead
    Test who calls (`aws:PrincipalArn`, `aws:PrincipalTag`) or where the call comes from (`aws:SourceVpce`,
    `aws:SourceIp`).

    ## When it can be wrong
    AWS documents this check but not its keys; the two are those that its page of condition keys warns of.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-useragent
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-referer
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 5.5
    aws = "UNTRUSTWORTHY_CONDITION_KEY"
    preview = True
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:referer", "aws:useragent"))
    tags = ("security", "conditions")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app"}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:PrincipalTag/aws:UserAgent":"x"}}}',
            why="a tag",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}}',
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{«"aws:Referer"»:"https://example.com/*"}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringNotEquals":{«"AWS:useragent"»:["a","b"]}}}',
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:UserAgent"»:"x"},"Null":{«"aws:UserAgent"»:"false"}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in statement.conditions:
            if condition.key.lower() in self.condition_keys:
                advice = "test who calls or where the call comes from"
                yield self.finding(condition, f"every caller can send any {quote(condition.key)}; {advice}")
