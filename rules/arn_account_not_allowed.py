from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, faulty_arns, quote


class ArnAccountNotAllowed(StatementRule):
    """An ARN has an account, though no resource of that form has one.

    ## Why it matters
    Buckets, hosted zones, REST APIs, AMIs and some others have ARNs without an account: the statement is about none of
    them.

    ## What to do instead
    Leave the field empty: `arn:aws:s3:::bucket`. To limit a statement to the resources of an account, use the condition
    key `aws:ResourceAccount`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "ARN_ACCOUNT_NOT_ALLOWED"
    elements = frozenset(("Resource", "NotResource"))
    faults = frozenset(("account-given",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3::*:b/*"]}',
            why="`*` may stand for nothing",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:eu-west-1:111122223333:accesspoint/a"}',
            why="an access point has one",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3::1234:b"}',
            why="no account at all: another rule",
        ),
        Good('{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:role/r"}'),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3::111122223333:b"»}'),
        Bad('{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::b",«"arn:aws:s3::111122223333:b/*"»]}'),
        Bad('{"Effect":"Deny","Action":"route53:*","Resource":«"arn:aws:route53::111122223333:hostedzone/Z1"»}'),
        Bad(
            '{"Effect":"Allow","Action":"apigateway:GET","Resource":«"arn:aws:apigateway:eu-west-1:111122223333:/restapis/*"»}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in faulty_arns(statement, ctx.catalogue, "account-given"):
            service, account = item.text.split(":", 5)[2:5:2]
            yield self.finding(
                item,
                f"{quote(item)} has the account {quote(account)}, such {quote(service)} resources have none; remove it",
            )
