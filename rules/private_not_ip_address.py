from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, private_hits


class PrivateNotIpAddress(StatementRule):
    """NotIpAddress on aws:SourceIp names nothing but private ranges.

    ## Why it matters
    `aws:SourceIp` is the address that a request reaches AWS from, which is a public one. No request comes from a
    private range, so a Deny hits everybody and an Allow holds nobody back.

    ## What to do instead
    Name the public addresses that requests leave your networks from: those of the NAT gateways, proxies and offices.
    For requests through a VPC endpoint, test `aws:VpcSourceIp` together with `aws:SourceVpc` or `aws:SourceVpce`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "PRIVATE_NOT_IP_ADDRESS"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:sourceip",))
    tags = ("validity", "networks")

    good = [
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}',
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}}',
            why="a mix with public ranges is a milder rule",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}',
            why="the other operator is another rule",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}}}',
            why="private addresses are what this key holds",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":"172.0.0.0/8"}}}',
            why="not all of it is private",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":«"10.0.0.0/8"»}}}',
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":[«"172.16.0.0/12"»,«"192.168.1.0/24"»]}}}',
            why="one finding for all of them",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"notipaddressifexists":{"AWS:sourceIP":«"192.168.0.7"»}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from private_hits(self, statement, negated=True, mixed=False)
