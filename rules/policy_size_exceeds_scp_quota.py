from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Option, Policy, PolicyRule, Severity, excess, size_hit


class PolicySizeExceedsScpQuota(PolicyRule):
    """A service control policy is larger than 10,240 characters.

    ## Why it matters
    AWS Organizations refuses to save it. White space counts, but for the console, which takes it out.

    ## What to do instead
    The message says what can be left out without a change of meaning, and how many characters that saves. Beyond that,
    split the policy: five can be attached to each root, unit and account.

    ## When it can be wrong
    The limit was 5,120 until 2025; `quota` sets another one. Tools like Terraform's `jsonencode` take white space out
    before they send a policy.

    ## References
    - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "POLICY_SIZE_EXCEEDS_SCP_QUOTA"
    kinds = frozenset(("scp",))
    counts_spaces = True
    options = {"quota": Option(10_240, "characters that a service control policy may have")}
    tags = ("validity",)

    good = [
        Good('{"Effect":"Deny","Action":"s3:*","Resource":["arn:aws:s3:::b' + "x" * 10_000 + '"]}', kind="scp"),
        Good('{"Effect":"Deny","Action":"s3:*","Resource":["arn:aws:s3:::b' + "x" * 11_000 + '"]}', kind="boundary"),
    ]
    bad = [
        Bad(
            '«{"Version":"2012-10-17","Statement":['
            '{"Effect":"Deny","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 10_200 + '"]}' + "]}»",
            kind="scp",
        ),
        Bad(
            '«{"Version":"2012-10-17","Statement":['
            '{"Effect":"Deny","Action":["s3:*"],"Resource":[' + " " * 10_200 + '"arn:aws:s3:::b"]}' + "]}»",
            kind="scp",
            why="white space counts",
        ),
        Bad(
            '«{"Version":"2012-10-17","Statement":['
            '{"Effect":"Deny","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 5_100 + '"]}' + "]}»",
            kind="scp",
            options={"quota": 5_120},
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        limit = ctx.option(self, "quota")
        found = excess(policy, "scp", limit=limit if isinstance(limit, int) else None)
        yield from size_hit(self, policy, found, "AWS Organizations")
