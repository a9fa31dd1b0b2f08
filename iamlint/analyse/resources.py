"""Resource patterns against ARNs.

AWS has published two readings. The page "IAM JSON policy elements: Resource" lets a `*` at the end of an
ARN's segment expand beyond the colon; the published verdicts of Access Analyzer's CheckNoNewAccess hold only
if the first five segments stop at it. Here segments are compared one by one and the sixth takes the rest.
`across_colons` asks for the wider reading, as plain text, which matches all that the narrower one does.

An ARN with fewer than six fields is completed with `*`, as the same page says of incomplete ARNs. A request
of an action that has no resource has the resource `*`, which only a pattern of nothing but `*` matches.
"""

from iamlint.analyse.variables import Context, plain_for, resolve_pattern
from iamlint.analyse.wildcards import matches

FIELDS = 6
"""arn : partition : service : region : account : resource"""


def completed(pattern: str) -> str:
    """An ARN pattern with all its six fields: `arn:aws:sqs` is `arn:aws:sqs:*:*:*`."""
    return pattern + ":*" * (FIELDS - 1 - min(pattern.count(":"), FIELDS - 1))


def is_everything(pattern: str) -> bool:
    """True iff the pattern matches all resources and also requests that have none."""
    return bool(pattern) and not pattern.strip("*")


def segments_match(pattern: str, arn: str) -> bool:
    """True iff each of the six fields of `pattern` matches that of `arn`; both have all six."""
    ours, theirs = pattern.split(":", FIELDS - 1), arn.split(":", FIELDS - 1)
    return len(ours) == len(theirs) == FIELDS and all(map(matches, ours, theirs))


def resource_matches(
    pattern: str, arn: str, variables: Context | None = None, across_colons: bool = False
) -> bool | None:
    """Whether `pattern` matches `arn`, case-sensitively; None where a variable in it has no value.

    `variables` is the context of the request where the policy's version knows variables, else None. One
    before the fifth colon never has a value: AWS allows them only in the last field.
    """
    if is_everything(pattern):
        return True
    if variables is not None and "${" in pattern:
        if pattern.count(":", 0, pattern.index("${")) < FIELDS - 1:
            return None
        resolved = resolve_pattern(pattern, variables)
        if resolved is None:
            return None
        pattern = resolved
    if arn == "*":
        return False
    pattern = completed(pattern)
    arn = plain_for(pattern, arn)
    return matches(pattern, arn) if across_colons else segments_match(pattern, arn)
