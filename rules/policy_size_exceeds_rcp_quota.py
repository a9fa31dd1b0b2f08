from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Policy, PolicyRule, Severity, excess, size_hit

_DENY = '{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b{}"]}}'


class PolicySizeExceedsRcpQuota(PolicyRule):
    """A resource control policy is larger than 5,120 characters.

    ## Why it matters
    AWS Organizations refuses to save it. White space counts, but for the console, which takes it out.

    ## What to do instead
    The message says what can be left out without a change of meaning, and how many characters that saves. Beyond that,
    split the policy: five can be attached to each root, unit and account.

    ## When it can be wrong
    Tools like Terraform's `jsonencode` take white space out before they send a policy.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "POLICY_SIZE_EXCEEDS_RCP_QUOTA"
    kinds = frozenset(("rcp",))
    counts_spaces = True
    larger_than = 5_120
    tags = ("validity",)

    good = [
        Good(_DENY.format("x" * 4_900), kind="rcp"),
        Good(_DENY.format("x" * 5_100), kind="scp", why="other policies have other limits"),
    ]
    bad = [
        Bad('«{"Version":"2012-10-17","Statement":[' + _DENY.format("x" * 5_100) + "]}»", kind="rcp"),
        Bad(
            '«{"Version":"2012-10-17","Statement":[' + " " * 5_100 + _DENY.format("x") + "]}»",
            kind="rcp",
            why="white space counts",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        yield from size_hit(self, policy, excess(policy, "rcp"), "AWS Organizations")
