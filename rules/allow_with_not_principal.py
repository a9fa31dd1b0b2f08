from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    RESOURCE_KINDS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    own_principals,
)


class AllowWithNotPrincipal(StatementRule):
    """An Allow statement names who is not meant instead of who is.

    ## Why it matters
    Everybody else is allowed: all principals of all accounts, and anonymous callers too.

    ## What to do instead
    Name those who are meant in `Principal`. To keep somebody out, write a Deny with `Principal`, or with a condition
    on `aws:PrincipalArn`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 9.5
    aws = "ALLOW_WITH_NOT_PRINCIPAL"
    kinds = RESOURCE_KINDS
    effect = "Allow"
    elements = frozenset(("NotPrincipal",))
    tags = ("security", "public-access", "external/cwe/cwe-284")

    good = [
        Good('{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}'),
        Good(
            '{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}',
            kind="trust",
            why="IAM refuses it there: another rule",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","NotPrincipal":«{"AWS":"111122223333"}»,"Action":"s3:GetObject","Resource":"*"}'),
        Bad(
            '{"Effect":"Allow","NotPrincipal":«{"AWS":["arn:aws:iam::111122223333:root",'
            '"arn:aws:iam::444455556666:role/guest"]}»,"Action":"s3:GetObject","Resource":"arn:aws:s3:::shared/*"}',
            environment={"accounts": ["111122223333", "444455556666"]},
            rewritten='{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:::shared/*",'
            '"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/guest"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","NotPrincipal":«{"AWS":["111122223333"]}»,"Action":"s3:GetObject","Resource":"*",'
            '"Condition":{"Bool":{"aws:SecureTransport":"true"}}}',
            why="AWS warns under any condition",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield self.finding(
            statement.at("NotPrincipal"),
            "everybody but those listed is allowed, anonymous callers too; name in Principal who is meant",
            rewrite=partial(own_principals, statement, ctx),
        )
