from collections.abc import Iterator

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    everyone_named,
    listing,
    opening,
    quote,
    replayable,
)


class GrantsPublicAccess(StatementRule):
    """A policy allows a request of a stranger.

    ## Why it matters
    Whoever can send that request has what the statement allows: data, messages, keys. Names of buckets, topics and
    queues are no secret; they stand in logs, error messages and public code.

    Whether there is such a request is decided over all principals, actions, resources and conditions, with all Deny
    statements of the policy. A stranger is nobody whom the policy pins down: it is in no account, organization or
    network of the policy's and comes from none of its resources. The finding carries the request.

    ## What to do instead
    Name the accounts or roles under `AWS`. Where the callers are all of an organization, keep `*` and add a condition
    on `aws:PrincipalOrgID`; where it is a service that acts for your resource, name the service and add
    `aws:SourceArn` or `aws:SourceAccount`.

    ## When it can be wrong
    Web sites, public data sets and public APIs are meant to be open. Other settings may close them all the same: S3
    Block Public Access, resource control policies. The level is `limited` where only a network, whoever knows
    `sts:ExternalId`, or AWS's services on anybody's behalf are let in. Where it cannot be told, or a Deny is all that
    keeps strangers out, `public-principal` speaks. A role's trust policy is for `trusts-any-principal`.

    ## References
    - https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 8.0
    kinds = frozenset(("resource",))
    effect = "Allow"
    elements = frozenset(("Principal",))
    supersedes = frozenset(("public-principal",))
    tags = ("security", "public-access", "external/cwe/cwe-284")

    good = [
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}'
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            why="one organization",
        ),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get*",'
            '"Resource":"arn:aws:s3:::a/*"},{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::a",'
            '"arn:aws:s3:::a/*"],"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}',
            why="a Deny keeps strangers out",
        ),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:::a/*"},{"Effect":"Deny","Principal":"*","Action":"s3:Get*","Resource":"*","Condition":{'
            '"Bool":{"aws:PrincipalIsAWSService":"false"},"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}},'
            '{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{'
            '"aws:PrincipalIsAWSService":"true"}}}]}',
            why="two together keep strangers out",
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnLike":{'
            '"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}}}',
            why="topics of one account",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}',
            kind="trust",
            why="a role is a rule of its own, trusts-any-principal",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}'),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":["111122223333",«"*"»]},"Action":"SNS:publish","Resource":"*",'
            '"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            why="all others",
        ),
        Bad(
            '{"Effect":"Allow","Principal":{"AWS":«"*"»},"Action":"sqs:*","Resource":"*","Condition":{"ArnLike":{'
            '"aws:PrincipalArn":"arn:aws:iam::*:role/deployer"}}}',
            why="anybody can make a role of that name",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":«"*"»,"Action":"s3:*",'
            '"Resource":["arn:aws:s3:::a","arn:aws:s3:::a/*"]},{"Effect":"Deny","Principal":"*","Action":"s3:*",'
            '"Resource":"arn:aws:s3:::a/*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}',
            why="the bucket itself is left",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject",'
            '"Resource":"arn:aws:s3:::a/*"},{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"},"Null":{'
            '"aws:PrincipalOrgID":"false"}}}]}',
            why="callers without credentials are of no organization",
        ),
        Bad(
            '{"Effect":"Allow","Principal":«"*"»,"Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}',
            level="limited",
            why="one network",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        principal = everyone_named(statement)
        if principal is None:
            return
        found = opening(statement)
        if found is None or found.level is None or found.request is None:
            return
        request = found.request
        who = (
            "anybody, also without credentials," if request.principal == "anonymous" else "anybody with an AWS account"
        )
        if found.level == "limited":
            who = "whoever fits its conditions, in any account,"
        what = listing((item.text for item in statement.actions), 3) or "all but some actions"
        advice = "name the accounts, or take only your `aws:PrincipalOrgID`"
        yield self.finding(
            principal,
            f"{quote(principal)} lets {who} call {what}; {advice}",
            level=found.level,
            witness=replayable(request, [statement.policy], ctx.catalogue),
        )
