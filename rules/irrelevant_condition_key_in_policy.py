from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, quote

_KEY = "s3:resourceaccount"
_TYPES = {
    "AWS::S3::Bucket": "a bucket",
    "AWS::S3::AccessPoint": "an access point",
    "AWS::S3::MultiRegionAccessPoint": "a Multi-Region Access Point",
}


class IrrelevantConditionKeyInPolicy(StatementRule):
    """The policy of a bucket or access point tests which account owns it.

    ## Why it matters
    The answer is always the same: the condition either does nothing or makes the statement match nothing.

    ## What to do instead
    Remove the condition. In an identity policy, an SCP or an endpoint policy `s3:ResourceAccount` keeps callers to the
    buckets of an account; in the policy of a bucket `aws:PrincipalAccount` tells who calls.

    ## When it can be wrong
    Needs to know the type: `--policy-kind AWS::S3::Bucket`, or `[policy-kinds]` in the configuration. AWS names this
    key as an example and does not list others.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
    """

    severity = Severity.SUGGESTION
    aws = "IRRELEVANT_CONDITION_KEY_IN_POLICY"
    kinds = frozenset(("resource",))
    elements = frozenset(("Condition",))
    condition_keys = frozenset((_KEY,))
    tags = ("conditions",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b",'
            '"Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}',
            kind="AWS::S3::Bucket",
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b",'
            '"Condition":{"StringEquals":{"s3:ResourceAccount":"111122223333"}}}',
            why="the type is not known",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"s3:ResourceAccount":"111122223333"}}}',
            why="an identity policy",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b",'
            '"Condition":{"StringEquals":{«"s3:ResourceAccount"»:"111122223333"}}}',
            kind="AWS::S3::Bucket",
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*",'
            '"Resource":"arn:aws:s3:eu-west-1:111122223333:accesspoint/a",'
            '"Condition":{"StringNotEquals":{«"S3:RESOURCEACCOUNT"»:["111122223333"]}}}',
            kind="AWS::S3::AccessPoint",
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*",'
            '"Resource":"arn:aws:s3::111122223333:accesspoint/a.mrap",'
            '"Condition":{"Null":{«"s3:ResourceAccount"»:"true"}}}',
            kind="AWS::S3::MultiRegionAccessPoint",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        words = _TYPES.get(statement.policy.resource_type or "")
        for condition in statement.conditions:
            if words and condition.key.lower() == _KEY:
                yield self.finding(
                    condition,
                    f"{quote(condition.key)} is the account that owns {words}, "
                    f"which its own policy need not test; remove the condition",
                )
