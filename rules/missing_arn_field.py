from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    fields_added,
    missing_fields,
    quote,
    resource_items,
)


class MissingArnField(StatementRule):
    """An ARN ends before its sixth field.

    ## Why it matters
    IAM refuses to save the policy.

    ## What to do instead
    Write all fields, those that stay empty too: `arn:aws:s3:::bucket`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_ARN_FIELD"
    elements = frozenset(("Resource", "NotResource"))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":["*","arn:aws:s3:::b","arn:aws:s3:::"]}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3*"}',
            why="a wildcard at the end stands for the rest",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"my-bucket"}', why="no ARN: another rule"),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}"}'),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3"»}'),
        Bad('{"Effect":"Allow","Action":"s3:*","NotResource":["*",«"arn:aws:iam::111122223333"»]}'),
        Bad(
            '{"Effect":"Allow","Action":"*","Resource":[«"arn:aws:s3::b"»,«"arn:aws:iam:111122223333:role/r"»]}',
            rewritten='{"Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::b","arn:aws:iam::111122223333:role/r"]}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3::${aws:username}"»}',
            why="the colon of a variable ends no field",
        ),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"arn:"»}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in resource_items(statement):
            lacking = missing_fields(item.text)
            if lacking:
                structure = "`arn:partition:service:region:account:resource`"
                yield self.finding(
                    item,
                    f"{quote(item)} lacks {lacking} of 6 fields; write {structure}",
                    rewrite=partial(fields_added, statement, item, ctx.catalogue),
                )
