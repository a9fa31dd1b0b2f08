from collections.abc import Iterator

from iamlint.rule import ALL_KINDS, RESOURCE_KINDS, Bad, Context, Good, Hit, Policy, PolicyRule, Severity, repeated_sids


class UniqueSidsRequired(PolicyRule):
    """Several statements of the policy have the same Sid.

    ## Why it matters
    IAM refuses to save the policy.

    ## What to do instead
    Give each statement a Sid of its own.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "UNIQUE_SIDS_REQUIRED"
    kinds = ALL_KINDS - RESOURCE_KINDS
    several = True
    tags = ("validity",)

    good = [
        Good(
            '{"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            why="capitals count",
        ),
        Good(
            '{"Statement":[{"Sid":"","Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":"","Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            why="empty ones are another rule",
        ),
        Good(
            '{"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            kind="resource",
            why="another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Statement":[{"Sid":«"A"»,"Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":«"A"»,"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            rewritten='{"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":"A1","Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            verdict="equivalent",
        ),
        Bad(
            '{"Statement":[{"Sid":«"A"»,"Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":«"B"»,"Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":"C","Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":«"B"»,"Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Sid":«"A"»,"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            kind="scp",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        yield from repeated_sids(self, policy)
