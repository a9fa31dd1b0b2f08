from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, private_hits


class PrivateIpAddressSubset(StatementRule):
    """IpAddress on aws:SourceIp mixes private ranges with public ones.

    ## Why it matters
    `aws:SourceIp` is the address that a request reaches AWS from, which is a public one. The private ranges never
    match; whoever wrote them meant requests that the condition does not recognise.

    ## What to do instead
    Name the public addresses that requests leave your networks from: those of the NAT gateways, proxies and offices.
    For requests through a VPC endpoint, test `aws:VpcSourceIp` together with `aws:SourceVpc` or `aws:SourceVpce`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "PRIVATE_IP_ADDRESS_SUBSET"
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:sourceip",))
    tags = ("validity", "networks")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","198.51.100.0/24"]}}}',
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.168.0.0/16"]}}}',
            why="nothing but private ranges is a graver rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}}',
            why="the other operator is another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:VpcSourceIp":["10.0.0.0/8","203.0.113.0/24"]}}}',
            why="private addresses are what this key holds",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["8.0.0.0/5","203.0.113.0/24"]}}}',
            why="a range that also holds public addresses",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":[«"10.0.0.0/8"»,"203.0.113.0/24"]}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24"]}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24",«"172.16.5.0/24"»,«"192.168.1.1"»]}}}',
            why="one finding for all of them",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ipaddressifexists":{"AWS:sourceIP":["2001:db8::/32",«"172.31.255.255"»]}}}',
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from private_hits(self, statement, negated=False, mixed=True)
