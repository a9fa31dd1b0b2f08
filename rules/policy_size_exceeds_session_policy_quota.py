from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Policy, PolicyRule, Severity, excess, size_hit


class PolicySizeExceedsSessionPolicyQuota(PolicyRule):
    """A session policy is larger than the 2,048 characters that AWS STS takes.

    ## Why it matters
    The call that passes it (`AssumeRole`, `GetFederationToken` …) fails. White space counts, and the managed policies
    that are passed with it share the limit.

    ## What to do instead
    The message says what can be left out without a change of meaning, and how many characters that saves. Beyond that,
    let patterns stand for long lists, or pass a managed policy by its ARN.

    ## References
    - https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    severity = Severity.WARNING
    kinds = frozenset(("session",))
    counts_spaces = True
    larger_than = 2_048
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 1_900 + '"]}',
            kind="session",
        ),
        Good('{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 3_000 + '"]}', kind="identity"),
    ]
    bad = [
        Bad(
            '«{"Version":"2012-10-17","Statement":['
            '{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::b' + "x" * 2_000 + '"]}' + "]}»",
            kind="session",
        ),
        Bad(
            '«{"Version":"2012-10-17","Statement":['
            '{"Effect":"Allow","Action":["s3:*"],"Resource":[' + " " * 2_000 + '"arn:aws:s3:::b"]}' + "]}»",
            kind="session",
            why="white space counts",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        yield from size_hit(self, policy, excess(policy, "session"), "AWS STS")
