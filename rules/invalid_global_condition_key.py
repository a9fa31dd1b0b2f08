from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    MOST_HINTS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    faulty_keys,
    meant_key_written,
    nearest_condition_key,
    quote,
)


class InvalidGlobalConditionKey(StatementRule):
    """A condition tests a key under aws: that AWS does not have.

    ## Why it matters
    IAM refuses to save the policy, or the key is absent from every request: an Allow gives nothing, a Deny stops
    nobody.

    ## What to do instead
    Write the key as AWS's list of global condition keys has it. A key of a service has that service's prefix.

    ## When it can be wrong
    AWS adds keys. The list that iamlint knows is from the day that each report names.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_GLOBAL_CONDITION_KEY"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"AWS:principaltag/any tag":"x"},"Bool":{"aws:securetransport":"true"}}}',
            why="any case, any tag",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag":"x"}}}',
            why="no tag is named: another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ArnLike":{"aws:ARN":"arn:aws:iam::*:x"}}}',
            why="a former name: another rule",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"s3:nosuch":"x"}}}'),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{«"aws:SourcIp"»:"203.0.113.0/24"}}}',
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:username":"a*",'
            '«"AWS:SourceRegion"»:"eu-*"},"Null":{«"aws:SourceIp/x"»:"false"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{«"aws:prefix"»:"home/"}}}',
            why="a key of S3's",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for count, condition in enumerate(faulty_keys(statement, ctx, "global")):
            near = nearest_condition_key(condition.key, ctx) if count < MOST_HINTS else None
            advice = f"did you mean {quote(near)}?" if near else "take one from AWS's list of global condition keys"
            yield self.finding(
                condition,
                f"there is no condition key {quote(condition.key)}; {advice}",
                rewrite=partial(meant_key_written, statement, condition, near, ctx),
            )
