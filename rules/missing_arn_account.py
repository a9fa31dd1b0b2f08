from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, faulty_arns, quote


class MissingArnAccount(StatementRule):
    """An ARN has no account, though each resource of that form has one.

    ## Why it matters
    The statement is about no resource at all.

    ## What to do instead
    Write the 12 digits of the account, or `*` for any.

    ## When it can be wrong
    AWS's validation reported this from November 2025 on and ceased in March 2026 for the same texts; its page still has
    the message, but does not tell what triggers it. Services have resources of their own without an account, which no
    list tells. A rule to ask for, therefore.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_ARN_ACCOUNT"
    preview = True
    elements = frozenset(("Resource", "NotResource"))
    faults = frozenset(("no-account",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"sqs:*","Resource":["arn:aws:sqs:eu-west-1:111122223333:q","arn:aws:sqs:eu-west-1:*:q"]}',
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}', why="a bucket has none"),
        Good(
            '{"Effect":"Allow","Action":"ssm:*","Resource":"arn:aws:ssm:*::document/AWS-RunShellScript"}',
            why="owned by AWS",
        ),
        Good('{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:*::*"}', why="names none"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"resource-explorer-2:*","Resource":«"arn:aws:resource-explorer-2:*::view/v/service-view"»}',
        ),
        Bad('{"Effect":"Allow","Action":"iam:*","NotResource":["*",«"arn:aws:iam:::role/r"»]}'),
        Bad('{"Effect":"Deny","Action":"sqs:*","Resource":«"arn:aws:sqs:eu-west-1::q"»}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in faulty_arns(statement, ctx.catalogue, "no-account"):
            yield self.finding(item, f"{quote(item)} has no account; write its 12 digits in the fifth field, or `*`")
