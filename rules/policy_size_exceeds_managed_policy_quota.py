from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Policy, PolicyRule, Severity, excess, size_hit


class PolicySizeExceedsManagedPolicyQuota(PolicyRule):
    """An identity policy is larger than the 6,144 characters that a managed policy may have.

    ## Why it matters
    IAM saves it only as an inline policy of a role (10,240 characters in all). As a managed policy or a permissions
    boundary it is refused, and so it is inline for a group (5,120) or a user (2,048).

    ## What to do instead
    The message says what can be left out without a change of meaning, and how many characters that saves. Beyond that,
    split the policy into several managed policies. The rewrite does the first, and shows the second.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    severity = Severity.SUGGESTION
    kinds = frozenset(("identity", "boundary"))
    larger_than = 6_144
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 6_000 + '"]}'),
        Good(
            '{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 10_300 + '"]}', why="another rule"
        ),
        Good('{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 7_000 + '"]}', kind="scp"),
    ]
    bad = [
        Bad(
            '«{"Version":"2012-10-17","Statement":['
            '{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 6_200 + '"]}' + "]}»"
        ),
        Bad(
            '«{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3:GetObject"],"Resource":["*"'
            + "".join(f',"arn:aws:s3:::bucket-{number}"' for number in range(250))
            + "]}]}»",
            why="most of it is covered by `*`",
            rewritten='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            verdict="equivalent",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        if excess(policy, "identity", added=1) is None:  # else policy-size-exceeds-identity-policy-quota
            yield from size_hit(self, policy, excess(policy, "managed"), "a managed policy")
