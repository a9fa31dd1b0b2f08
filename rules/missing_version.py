from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Policy, PolicyRule, Severity, version_written


class MissingVersion(PolicyRule):
    """A policy has no Version.

    ## Why it matters
    IAM then reads it by the rules of 2008-10-17, in which a policy variable such as `${aws:username}` is plain text.

    ## What to do instead
    Add `"Version": "2012-10-17"`. Look first for `${` in the policy: variables come alive with it.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "MISSING_VERSION"
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Version":"2012-10-17","Statement":[]}'),
        Good('{"Version":"2008-10-17","Statement":[]}', why="old, and said so"),
    ]
    bad = [
        Bad(
            '«{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}»',
            rewritten='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}',
            verdict="equivalent",
        ),
        Bad(
            '«{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}]}»',
            why="where a variable stands, it becomes one",
            rewritten='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",'
            '"Resource":"arn:aws:s3:::b/${aws:username}"}]}',
            verdict="incomparable",
        ),
        Bad('«{"version":"2012-10-17","Statement":[]}»', why="names are case-sensitive"),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        if isinstance(policy.value, dict) and "Version" not in policy.value:
            message = 'the policy has no Version and is read by the rules of 2008-10-17; add "Version": "2012-10-17"'
            yield self.finding((), message, rewrite=partial(version_written, policy))
