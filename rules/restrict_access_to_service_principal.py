from collections.abc import Iterator
from functools import cache, partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    for_own_accounts,
    names_source,
    quote,
    service_principals,
)


class RestrictAccessToServicePrincipal(StatementRule):
    """A resource policy lets an AWS service in, on behalf of whichever customer.

    ## Why it matters
    The service does what its customers tell it. Somebody else's trail, bucket or rule can be told to use your resource,
    and the service has the right to: the problem of the confused deputy.

    ## What to do instead
    Say for which resource or account the service may act: add `aws:SourceArn` or `aws:SourceAccount`, or
    `aws:SourceOrgID` or `aws:SourceOrgPaths` for a whole organization.

    ## When it can be wrong
    A few services call without these keys; their guides say so. Other keys that tell the source, such as
    `kms:EncryptionContext:aws:logs:arn`, are not counted: AWS names only the four.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 5.5
    aws = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"
    kinds = frozenset(("resource",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    tags = ("security", "confused-deputy", "external/cwe/cwe-441")

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sns:Publish","Resource":"*",'
            '"Condition":{"ArnLike":{"AWS:sourceARN":"arn:aws:s3:::uploads"}}}'
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"*",'
            '"Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control","aws:SourceOrgID":"o-a1b2c3d4e5"}}}'
        ),
        Good('{"Effect":"Deny","Principal":{"Service":"s3.amazonaws.com"},"Action":"sns:Publish","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}', why="a role"),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sns:Publish","Resource":"*"}',
            why="an account acts for itself",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"},"Action":"s3:PutObject","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:Referer":"111122223333"}}}',
            why="another rule recommends a better key",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":{"Service":«"s3.amazonaws.com"»},"Action":"sns:Publish","Resource":"*"}'),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333","Service":[«"config.amazonaws.com"»,'
            '«"cloudtrail.amazonaws.com"»]},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*",'
            '"Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}',
            why="the condition says nothing of the source",
            environment={"accounts": ["111122223333"]},
            rewritten='{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:PutObject",'
            '"Resource":"arn:aws:s3:::logs/*",'
            '"Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}},'
            '{"Effect":"Allow","Principal":{"Service":["config.amazonaws.com","cloudtrail.amazonaws.com"]},'
            '"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*","Condition":{"StringEquals":'
            '{"s3:x-amz-acl":"bucket-owner-full-control","aws:SourceAccount":"111122223333"}}}',
            verdict="narrower",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        if names_source(statement) or any(condition.key.lower() == "aws:referer" for condition in statement.conditions):
            return
        rewrite = cache(partial(for_own_accounts, statement, ctx))
        for principal in service_principals(statement):
            message = f"{quote(principal)} may act here on behalf of any AWS customer"
            advice = "add a condition on `aws:SourceArn` or `aws:SourceAccount`"
            yield self.finding(principal, f"{message}; {advice}", rewrite=rewrite)
