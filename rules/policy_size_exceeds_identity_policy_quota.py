from collections.abc import Iterator

from iamlint.rule import IDENTITY_KINDS, Bad, Context, Good, Hit, Policy, PolicyRule, Severity, excess, size_hit


class PolicySizeExceedsIdentityPolicyQuota(PolicyRule):
    """An identity policy is larger than 10,240 characters without white space.

    ## Why it matters
    No kind of identity policy takes it: 6,144 characters are the limit of a managed policy, 10,240 that of all inline
    policies of a role.

    ## What to do instead
    The message says what can be left out without a change of meaning, and how many characters that saves. Beyond that,
    split the policy into several managed policies, or let patterns and conditions stand for long lists.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"
    kinds = IDENTITY_KINDS
    larger_than = 10_239
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 10_100 + '"]}'),
        Good(
            '{"Effect":"Allow","Action":["s3:*"],"Resource":[' + " " * 2_000 + '"arn:aws:s3:::b' + "x" * 9_000 + '"]}',
            why="white space does not count",
        ),
        Good(
            '{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 20_000 + '"]}',
            kind="scp",
            why="other policies have other limits",
        ),
    ]
    bad = [
        Bad(
            '«{"Version":"2012-10-17","Statement":['
            '{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 10_300 + '"]}' + "]}»"
        ),
        Bad(
            '«{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3:GetObject"],"Resource":["*"'
            + "".join(f',"arn:aws:s3:::bucket-{number}"' for number in range(400))
            + "]}]}»",
            why="most of it is covered by `*`",
            rewritten='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            verdict="equivalent",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        # AWS counts one character more than there are.
        yield from size_hit(self, policy, excess(policy, "identity", added=1), "IAM")
