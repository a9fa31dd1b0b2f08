from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    PARTITIONS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    entry_written,
    quote,
    resource_items,
)


class InvalidArnPrefix(StatementRule):
    """A resource is neither `*` nor an ARN.

    ## Why it matters
    IAM refuses to save the policy: a name alone does not say of which service and account.

    ## What to do instead
    Write the ARN: `arn:aws:s3:::bucket/*` for the objects of a bucket.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_ARN_PREFIX"
    elements = frozenset(("Resource", "NotResource"))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":["*","arn:aws:s3:::b"]}'),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws"}', why="too short is another rule"),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"${aws:PrincipalTag/bucket}"}',
            why="a variable may hold the prefix",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":[7]}', why="a wrong type is another rule"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"my-bucket"»}'),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::a",«"aws:s3:::b"»]}',
            rewritten='{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::a","arn:aws:s3:::b"]}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"ARN:aws:s3:::b"»}', why="lower case"),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"*:s3:::b"»}', why="no wildcard stands for the prefix"),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«""»}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in resource_items(statement):
            if not item.text.startswith(("arn:", "${")) and (not item.text or item.text.strip("*")):
                subject = quote(item) if item.text else "an empty string"
                yield self.finding(
                    item,
                    f"{subject} is no ARN; write `arn:partition:service:region:account:resource`",
                    rewrite=partial(entry_written, statement.policy, item.path, _meant(item.text)),
                )


def _meant(text: str) -> str | None:
    """The ARN that only lacks its first field, or has it in capitals; else None."""
    if text[:4].lower() == "arn:":
        return f"arn:{text[4:]}"
    return f"arn:{text}" if text.count(":") >= _COLONS and text.partition(":")[0] in PARTITIONS else None


_COLONS = 4
