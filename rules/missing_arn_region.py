from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, faulty_arns, quote


class MissingArnRegion(StatementRule):
    """An ARN has no Region, though each resource of that form has one.

    ## Why it matters
    The statement is about no resource at all.

    ## What to do instead
    Write the Region, or `*` for all.

    ## When it can be wrong
    AWS's validation reported this for a few weeks in 2021 and accepts the same texts since; its page still has the
    message, but does not tell what triggers it. A rule to ask for, therefore.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_ARN_REGION"
    preview = True
    elements = frozenset(("Resource", "NotResource"))
    faults = frozenset(("no-region",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"sqs:*","Resource":["arn:aws:sqs:eu-west-1:111122223333:q","arn:aws:sqs:*:111122223333:q"]}',
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}', why="a bucket has none"),
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:role/r"}'),
        Good('{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:::*"}', why="names none"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"sqs:*","Resource":«"arn:aws:sqs::111122223333:q"»}'),
        Bad('{"Effect":"Allow","Action":"logs:*","NotResource":["*",«"arn:aws:logs::111122223333:log-group:x*"»]}'),
        Bad('{"Effect":"Deny","Action":"cloudformation:*","Resource":«"arn:aws:cloudformation:::stack/x*"»}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in faulty_arns(statement, ctx.catalogue, "no-region"):
            yield self.finding(item, f"{quote(item)} has no Region; write it in the fourth field, or `*`")
