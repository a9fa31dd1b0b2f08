from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, faulty_keys, key_written, quote


class DeprecatedGlobalConditionKey(StatementRule):
    """A condition tests aws:ARN, whose place aws:PrincipalArn took.

    ## Why it matters
    AWS does not document the key any more, so that nobody can tell which requests have it.

    ## What to do instead
    Use `aws:PrincipalArn`.

    ## When it can be wrong
    AWS documents two answers to the same key, this and UNSUPPORTED_GLOBAL_CONDITION_KEY, but not which of them is given
    when. The other is the one that was seen. Hence this rule is a preview, and repeats the other.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "DEPRECATED_GLOBAL_CONDITION_KEY"
    preview = True
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:arn",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x","aws:SourceArn":"arn:aws:s3:::b"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:PrincipalTag/aws:ARN":"x","s3:arn":"x"}}}'
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnLike":{«"aws:ARN"»:"arn:aws:iam::111122223333:user/x"}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/x"}}}',
            verdict="incomparable",
        ),
        Bad('{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotLike":{«"AWS:arn"»:"*:user/x"}}}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in faulty_keys(statement, ctx, "old"):
            yield self.finding(
                condition,
                f"{quote(condition.key)} has a newer name; use `aws:PrincipalArn`",
                rewrite=partial(key_written, statement, condition, "aws:PrincipalArn"),
            )
