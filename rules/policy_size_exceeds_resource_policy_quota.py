from collections.abc import Iterator

from iamlint.rule import RESOURCE_KINDS, Bad, Context, Good, Hit, Policy, PolicyRule, Severity, excess, size_hit

_ALLOW = '{{"Effect":"Allow","Principal":"*","Action":["{}"],"Resource":["arn:aws:s3:::b{}"]}}'


class PolicySizeExceedsResourcePolicyQuota(PolicyRule):
    """A resource policy is larger than the service takes.

    ## Why it matters
    The service refuses to save it. The limits differ: 20,480 characters for an S3 bucket, 32,768 for a KMS key, 8,192
    for an SQS queue. White space counts.

    ## What to do instead
    The message says what can be left out without a change of meaning, and how many characters that saves. Beyond that,
    let a condition (`aws:PrincipalOrgID`, `aws:SourceArn` with a pattern) stand for a long list.

    ## When it can be wrong
    The limit is that of the resource type, where it is configured, else that of the only service in the actions. Where
    these do not tell, it is the largest of all.

    ## References
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"
    kinds = RESOURCE_KINDS
    counts_spaces = True
    larger_than = 5_120
    tags = ("validity",)

    good = [
        Good(_ALLOW.format("s3:*", "x" * 20_000), kind="resource"),
        Good(_ALLOW.format("kms:*", "x" * 30_000), kind="resource", why="a key takes more"),
        Good(_ALLOW.format("s3:*", "x" * 21_000), kind="identity", why="other policies have other limits"),
    ]
    bad = [
        Bad('«{"Version":"2012-10-17","Statement":[' + _ALLOW.format("s3:*", "x" * 20_480) + "]}»", kind="resource"),
        Bad('«{"Version":"2012-10-17","Statement":[' + _ALLOW.format("sqs:*", "x" * 9_000) + "]}»", kind="resource"),
        Bad(
            '«{"Version":"2012-10-17","Statement":[' + _ALLOW.format("*", "x" * 20_480) + "]}»",
            kind="AWS::S3::Bucket",
        ),
        Bad(
            '«{"Version":"2012-10-17","Statement":[' + " " * 20_480 + _ALLOW.format("s3:*", "x") + "]}»",
            kind="endpoint",
            why="white space counts",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        taker = "a VPC endpoint" if policy.kind == "endpoint" else "the service"
        yield from size_hit(self, policy, excess(policy, policy.kind), taker)
