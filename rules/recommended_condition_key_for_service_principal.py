from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    listing,
    names_source,
    quote,
    service_principals,
)


class RecommendedConditionKeyForServicePrincipal(StatementRule):
    """A resource policy tells by `aws:Referer` for whom an AWS service may act.

    ## Why it matters
    Some services once put the account that they act for into `aws:Referer`. The key is made for web browsers, and
    whoever calls without a service sets it at will; other services do not fill it.

    ## What to do instead
    Compare `aws:SourceArn` or `aws:SourceAccount`, or `aws:SourceOrgID` or `aws:SourceOrgPaths` for an organization.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"
    kinds = frozenset(("resource",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    condition_keys = frozenset(("aws:referer",))
    tags = ("confused-deputy",)

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"},"Action":"s3:PutObject","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}'
        ),
        Good(
            '{"Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"},"Action":"s3:PutObject","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:Referer":"111122223333","AWS:SourceAccount":"111122223333"}}}'
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*",'
            '"Condition":{"StringLike":{"aws:Referer":"https://www.example.com/*"}}}',
            why="no service",
        ),
        Good(
            '{"Effect":"Deny","Principal":{"Service":"ses.amazonaws.com"},"Action":"s3:PutObject","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:Referer":"111122223333"}}}'
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"},"Action":"s3:PutObject","Resource":"*",'
            '"Condition":{"StringEquals":{«"aws:Referer"»:"111122223333"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"Service":["ses.amazonaws.com","sns.amazonaws.com"]},"Action":"s3:PutObject",'
            '"Resource":"*","Condition":{"StringLike":{«"AWS:referer"»:["111122223333"]},"Bool":{"aws:SecureTransport":true}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        services = service_principals(statement)
        if not services or names_source(statement):
            return
        for condition in statement.conditions:
            if condition.key.lower() == "aws:referer":
                message = f"{quote(condition.key)} is a weak sign of the customer behind {listing(services)}"
                yield self.finding(condition, f"{message}; compare `aws:SourceArn` or `aws:SourceAccount` instead")
