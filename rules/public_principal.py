from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    everyone_limit,
    everyone_named,
    is_closed,
    listing,
    quote,
    second_opinion,
)


class PublicPrincipal(StatementRule):
    """A policy on a resource lets everyone in.

    ## Why it matters
    `*` as Principal, alone or under `AWS`, means all accounts of all customers and callers without any credentials.
    What the statement allows is open to the internet.

    ## What to do instead
    Name the accounts or roles under `AWS`. Where the callers are all of an organization, keep `*` and add a condition
    on `aws:PrincipalOrgID`; where it is a service that acts for your resource, name the service and add
    `aws:SourceArn` or `aws:SourceAccount`.

    ## When it can be wrong
    Where a request of a stranger is found that the policy allows, `grants-public-access` shows it, and stands for this
    finding; where none can exist, nothing is said. This rule goes by what the statement says.

    Web sites, public data sets and public APIs are meant to be open. A condition that takes only fixed accounts,
    organizations, principals, resources, VPCs or endpoints keeps the rule silent, as long as a request without the key
    fails it: `IfExists`, `ForAllValues:` and negated operators do not count, nor do keys that callers set themselves
    (`aws:Referer`, `aws:UserAgent`, tags). The level is `limited` where a range of addresses, or AWS's services on
    anybody's behalf, are let in, and where a Deny of the same policy keeps strangers out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 8.0
    kinds = frozenset(("resource",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    tags = ("security", "public-access", "external/cwe/cwe-284")

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}'
        ),
        Good('{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}', why="a Deny narrows"),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"StringEquals":{"aws:principalorgid":"o-a1b2c3d4e5"}}}',
            why="one organization",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sqs:SendMessage",'
            '"Resource":"arn:aws:sqs:eu-west-1:111122223333:jobs",'
            '"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:*:*:uploads"}}}',
            why="one bucket: no two accounts share its name",
        ),
        Good(
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:::a/*","Condition":{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}}}',
            why="the account of the resource",
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}',
            kind="endpoint",
            why="normal for a VPC endpoint, which is reached from its VPC only",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}'),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":["111122223333",«"*"»]},"Action":"sns:Publish",'
            '"Resource":"arn:aws:sns:eu-west-1:111122223333:news"}'
        ),
        Bad(
            '{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            why="callers without credentials have no such key",
        ),
        Bad(
            '{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/reader"}}}',
            why="anybody can make a role of that name",
        ),
        Bad(
            '{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/0"]}}}',
            why="the second range is everywhere",
        ),
        Bad(
            '{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}',
            level="limited",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:::a/*"},{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::a",'
            '"arn:aws:s3:::a/*"],"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}',
            level="limited",
            why="the Deny keeps strangers out",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        principal = everyone_named(statement)
        if principal is None:
            return
        level, limiting = everyone_limit(statement)
        if level is None or (level == "full" and is_closed(statement)):
            return
        who = f"{quote(principal)} lets in everyone, also without credentials"
        what = listing((item.text for item in statement.actions), 3)
        message = f"{who}, to {what}" if what else who
        if limiting is not None:
            message += f", as far as {quote(limiting.key)} allows"
        advice = "name the accounts, or take only your `aws:PrincipalOrgID`"
        opinion = second_opinion(statement)
        yield self.finding(principal, f"{message}; {advice}", level=level, policyuniverse=opinion)
