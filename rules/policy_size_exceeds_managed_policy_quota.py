from collections.abc import Iterator

from iamlint.rule import IDENTITY_KINDS, Bad, Context, Good, Hit, Policy, PolicyRule, Severity, policy_size, quota


class PolicySizeExceedsManagedPolicyQuota(PolicyRule):
    """An identity policy is larger than the 6,144 characters that a managed policy may have.

    ## Why it matters
    IAM saves it only as an inline policy of a role (10,240 characters in all). As a managed policy or a permissions
    boundary it is refused, and so it is inline for a group (5,120) or a user (2,048).

    ## What to do instead
    Split it into several managed policies.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    severity = Severity.SUGGESTION
    kinds = IDENTITY_KINDS
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
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        size, limit = policy_size(policy), quota("managed").limit
        # Above the larger limit it is policy-size-exceeds-identity-policy-quota.
        if limit < size <= quota("identity").limit:
            yield self.finding(
                (), f"{size} characters without white space, of which a managed policy takes {limit}; split it"
            )
