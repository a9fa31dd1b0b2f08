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
    arn_written,
    faulty_arns,
    is_account,
    quote,
)


class InvalidArnAccount(StatementRule):
    """The account in an ARN is none.

    ## Why it matters
    The statement is about no resource at all: an account is known by its 12 digits, not by its name or alias.

    ## What to do instead
    Write the 12 digits, leading zeros too. `*` stands for any account.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_ARN_ACCOUNT"
    elements = frozenset(("Resource", "NotResource"))
    faults = frozenset(("account",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":["arn:aws:iam::111122223333:role/r","arn:aws:iam::*:role/r"]}',
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::aws:policy/ReadOnlyAccess"}',
            why="owned by AWS",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::1111*:role/r"}',
            why="a pattern is not judged",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::${aws:PrincipalAccount}:role/r"}',
            why="a variable",
        ),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}', why="no account"),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3::111122223333:b"}',
            why="none is allowed there: another rule",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":"iam:*","Resource":«"arn:aws:iam::1234:role/r"»}'),
        Bad(
            '{"Effect":"Deny","Action":"iam:*","Resource":«"arn:aws:iam::1111-2222-3333:role/r"»}',
            rewritten='{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::111122223333:role/r"}',
            verdict="incomparable",
        ),
        Bad('{"Effect":"Deny","Action":"sqs:*","Resource":«"arn:aws:sqs:eu-west-1:my-account:q"»}', why="an alias"),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":«"arn:aws:s3::1234:b"»}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item in faulty_arns(statement, ctx.catalogue, "account"):
            account = item.text.split(":", 5)[4]
            digits = account.replace("-", "").replace(" ", "")
            yield self.finding(
                item,
                f"{quote(account)} in {quote(item)} is no account; write its 12 digits",
                rewrite=partial(arn_written, statement, item, "account", digits) if is_account(digits) else None,
            )
