from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, listing, source_ip_hits, spared


class SourceIpDenyBreaksServiceCalls(StatementRule):
    """A Deny outside of some networks also denies calls that come through AWS services or VPC endpoints.

    ## Why it matters
    When a service acts for a user, as CloudFormation or Athena do, the calls it makes with the user's credentials come
    from addresses of AWS. Requests through a VPC endpoint carry no `aws:SourceIp` at all, and `NotIpAddress` holds
    where the key is absent. Both are denied although the user sits in the right network.

    The statement's conditions are tried with such requests, of any service and through any endpoint.

    ## What to do instead
    Add to the same statement `Bool` `aws:ViaAWSService` `false`, and for endpoints `StringNotEquals` `aws:SourceVpce`
    with those that are yours, or `Null` `aws:SourceVpce` `true` for all. In a resource policy add also `Bool`
    `aws:PrincipalIsAWSService` `false`, for the services that call in their own name.

    ## When it can be wrong
    Where nobody uses services that call on behalf of others, and no endpoint leads here, the Deny does what it should.
    The level is `limited` where only requests through VPC endpoints are denied, as by AWS's own example.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-viaawsservice
    """

    severity = Severity.WARNING
    levels = {"full": Severity.WARNING, "limited": Severity.SUGGESTION}
    effect = "Deny"
    elements = frozenset(("Condition",))
    tags = ("networks", "availability")

    good = [
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},'
            '"Bool":{"aws:ViaAWSService":"false"},"StringNotEquals":{"aws:SourceVpce":"vpce-0a1b2c3d"}}}'
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},'
            '"boolIfExists":{"AWS:viaawsservice":false},"Null":{"aws:SourceVpc":"true"}}}',
            why="in another spelling",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},'
            '"Null":{"aws:CalledVia":"true","aws:SourceIp":"false"}}}',
            why="other guards that do",
        ),
        Good(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}}',
            why="a list of those to keep out",
        ),
        Good(
            '{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}',
            why="an Allow",
        ),
        Good(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::logs/*","Condition":{'
            '"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},"StringNotEqualsIfExists":{"aws:SourceVpc":"vpc-0a1b2c3d"},'
            '"BoolIfExists":{"aws:PrincipalIsAWSService":"false","aws:ViaAWSService":"false"}}}',
            why="a bucket policy",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{«"aws:SourceIp"»:"203.0.113.0/24"}}}',
            why="both",
            rewritten='{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},'
            '"Bool":{"aws:ViaAWSService":"false"},"StringNotEquals":{"aws:SourceVpce":"vpce-EXAMPLE0"}}}',
            verdict="unproven",
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{«"aws:SourceIp"»:"203.0.113.0/24"},'
            '"Bool":{"aws:ViaAWSService":"false"}}}',
            why="endpoints",
            kind="scp",
            level="limited",
        ),
        Bad(
            '{"Effect":"Deny","NotAction":"s3:*","Resource":"*","Condition":{'
            '"notipaddressifexists":{«"AWS:sourceip"»:["203.0.113.0/24","2001:db8::/32"]},'
            '"StringNotEquals":{"aws:SourceVpce":["vpce-0a1b2c3d"]}}}',
            why="calls of services",
            rewritten='{"Effect":"Deny","NotAction":"s3:*","Resource":"*","Condition":{'
            '"notipaddressifexists":{"AWS:sourceip":["203.0.113.0/24","2001:db8::/32"]},'
            '"StringNotEquals":{"aws:SourceVpce":["vpce-0a1b2c3d"]},"Bool":{"aws:ViaAWSService":"false"}}}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::logs/*","Condition":{'
            '"NotIpAddress":{«"aws:SourceIp"»:"203.0.113.0/24"},"StringNotEquals":{"aws:SourceVpc":"vpc-0a1b2c3d"},'
            '"Bool":{"aws:ViaAWSService":"false"}}}',
            why="services in their own name, such as those that deliver logs",
        ),
        Bad(
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{«"aws:SourceIp"»:"203.0.113.0/24"},'
            '"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},"ArnNotLike":{"aws:PrincipalArn":"arn:*:iam::*:role/ci"}}}',
            why="beside other conditions",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        hits = source_ip_hits(statement, ctx)
        if hits is None:
            return
        told = [
            (hits.forwarded, "calls that AWS services make for the caller", "Bool aws:ViaAWSService false"),
            (
                hits.service_principals,
                "calls that AWS services make themselves",
                "Bool aws:PrincipalIsAWSService false",
            ),
            (hits.endpoints, "requests through VPC endpoints", "StringNotEquals aws:SourceVpce"),
        ]
        *names, last = [name for hit, name, _ in told if hit]
        whom = f"{', '.join(names)} and {last}" if names else last
        guards = listing(guard for hit, _, guard in told if hit)
        yield self.finding(
            hits.condition,
            f"this Deny also hits {whom}, wherever the caller is; add {guards}",
            level="full" if hits.forwarded or hits.service_principals else "limited",
            witness=hits.witness,
            rewrite=partial(spared, statement, hits),
        )
