from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, arn_written, faulty_arns, quote


class InvalidArnServiceCase(StatementRule):
    """The service in an ARN is not in lower case.

    ## Why it matters
    Actions are compared in any case, ARNs exactly: the statement is about no resource at all.

    ## What to do instead
    Write the service in lower case: `arn:aws:s3:::bucket`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_ARN_SERVICE_CASE"
    elements = frozenset(("Resource", "NotResource"))
    faults = frozenset(("service-case",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"S3:GetObject","Resource":"arn:aws:s3:::b/*"}',
            why="the prefix of an action has any case",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::MyBucket"}', why="the name is another matter"),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:NoSuch:::b"}',
            why="no service in any case: another rule",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:S3"}', why="too short is another rule"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:S3:::b"»}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}',
            verdict="incomparable",
        ),
        Bad('{"Effect":"Allow","Action":"dynamodb:*","NotResource":["*",«"arn:aws:DynamoDB:*:*:table/t"»]}'),
        Bad(
            '{"Effect":"Deny","Action":"execute-api:Invoke","Resource":«"arn:*:Execute-API:eu-west-1:111122223333:a1/*"»}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in faulty_arns(statement, ctx.catalogue, "service-case"):
            service = item.text.split(":", 3)[2]
            yield self.finding(
                item,
                f"{quote(item)} has the service {quote(service)}; write {quote(service.lower())}",
                rewrite=partial(arn_written, statement, item, "service", service.lower()),
            )
