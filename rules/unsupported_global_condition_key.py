from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, faulty_keys, quote


class UnsupportedGlobalConditionKey(StatementRule):
    """A condition tests aws:ARN, which AWS has no longer.

    ## Why it matters
    Nobody can rely on the key: AWS's validation calls it unsupported.

    ## What to do instead
    `aws:PrincipalArn` is the ARN of whoever makes the request, for a role session the role's. `aws:SourceArn` is that
    of the resource for which a service makes it.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "UNSUPPORTED_GLOBAL_CONDITION_KEY"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:arn",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x","aws:SourceArn":"arn:aws:s3:::b"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ArnLike":{"aws:ARN/x":"arn:aws:s3:::b"}}}',
            why="no key at all: another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/aws:ARN":"x"}}}'
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnLike":{«"aws:ARN"»:"arn:aws:iam::111122223333:user/x"}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotLike":{«"aws:arn"»:"*:user/x"},'
            '"Null":{«"AWS:Arn"»:"true"}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in faulty_keys(statement, ctx, "old"):
            message = (
                f"{quote(condition.key)} is not supported; use `aws:PrincipalArn`, or `aws:SourceArn` for a service"
            )
            yield self.finding(condition, message)
