from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Option, Policy, PolicyRule, Severity, excess, size_hit

_TRUST = '{{"Effect":"Allow","Principal":{{"AWS":["arn:aws:iam::111122223333:role/{}"]}},"Action":["sts:AssumeRole"]}}'


class PolicySizeExceedsRoleTrustPolicyQuota(PolicyRule):
    """The trust policy of a role is larger than 2,048 characters without white space.

    ## Why it matters
    IAM refuses to save it, unless the account's quota was raised.

    ## What to do instead
    The message says what can be left out without a change of meaning, and how many characters that saves. Beyond that,
    let a condition (`aws:PrincipalOrgID`, `aws:PrincipalArn`) stand for a long list of principals, or make several
    roles. AWS raises the quota to 4,096 on request; say so with `quota`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"
    kinds = frozenset(("trust",))
    options = {"quota": Option(2_048, "characters that the account's quota for trust policies allows")}
    tags = ("validity",)

    good = [
        Good(_TRUST.format("x" * 1_800), kind="trust"),
        Good(_TRUST.format("x" * 1_800).replace(",", "," + " " * 500), kind="trust", why="white space does not count"),
        Good(_TRUST.format("x" * 3_000), kind="trust", options={"quota": 4_096}, why="a raised quota"),
        Good(_TRUST.format("x" * 3_000), kind="resource", why="other policies have other limits"),
    ]
    bad = [
        Bad('«{"Version":"2012-10-17","Statement":[' + _TRUST.format("x" * 2_000) + "]}»", kind="trust"),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        limit = ctx.option(self, "quota")
        found = excess(policy, "trust", limit=limit if isinstance(limit, int) else None)
        yield from size_hit(self, policy, found, "IAM")
