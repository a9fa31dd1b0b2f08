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
    arn_written,
    faulty_arns,
    nearest,
    quote,
)


class InvalidPartition(StatementRule):
    """The partition in an ARN is none of AWS's.

    ## Why it matters
    The statement is about no resource at all: no ARN has such a partition.

    ## What to do instead
    Write `aws`, or the partition of the Regions in question: `aws-cn`, `aws-us-gov` and so on. `*` stands for any.

    ## When it can be wrong
    Whether the service exists in the partition is not checked: AWS publishes no such list.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_PARTITION"
    elements = frozenset(("Resource", "NotResource"))
    faults = frozenset(("partition",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":["*","arn:aws:s3:::b","arn:aws-cn:s3:::b"]}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":["arn:*:s3:::b","arn:aws*:s3:::c"]}',
            why="a pattern that some partition matches",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:${aws:PrincipalTag/partition}:s3:::b"}',
            why="a variable: another rule",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aw:s3"}', why="too short is another rule"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aw:s3:::b"»}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::b",«"arn:AWS:s3:::b"»]}',
            why="lower case",
        ),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"arn::s3:::b"»}'),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":«"arn:aws-*-*-*:s3:::b"»}',
            why="a pattern that no partition matches",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in faulty_arns(statement, ctx.catalogue, "partition"):
            partition = item.text.split(":", 2)[1]
            meant = nearest(partition, PARTITIONS) if partition else None
            subject = (
                f"{quote(partition)} in {quote(item)} is no partition"
                if partition
                else f"{quote(item)} has no partition"
            )
            yield self.finding(
                item,
                f"{subject}; {f'did you mean {quote(meant)}?' if meant else 'write `aws`'}",
                rewrite=partial(arn_written, statement, item, "partition", meant),
            )
