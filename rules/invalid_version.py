from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Policy, PolicyRule, Severity, quote, version_written

_VERSIONS = ("2012-10-17", "2008-10-17")


class InvalidVersion(PolicyRule):
    """Version is not one of the two versions of the policy language.

    ## Why it matters
    IAM refuses to save the policy. Version names the language, not your document.

    ## What to do instead
    Write `2012-10-17`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_VERSION"
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Version":"2012-10-17","Statement":[]}'),
        Good('{"Version":"2008-10-17","Statement":[]}'),
        Good('{"Version":20121017,"Statement":[]}', why="a wrong type is another rule"),
    ]
    bad = [
        Bad(
            '{"Version":«"2012-10-18"»,"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            rewritten='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
            verdict="equivalent",
        ),
        Bad('{"Version":«"2012-10-17 "»,"Statement":[]}'),
        Bad('{"Version":«""»,"Statement":[]}'),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        version = policy.value.get("Version") if isinstance(policy.value, dict) else None
        if isinstance(version, str) and version not in _VERSIONS:
            message = f'{quote(version)} is no version of the policy language; write "2012-10-17"'
            yield self.finding(("Version",), message, rewrite=partial(version_written, policy))
