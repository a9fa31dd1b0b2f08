from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, is_address, meant_network, misfits


class TypeMismatchIpRange(StatementRule):
    """A value under an address operator is neither an IP address nor a range.

    ## Why it matters
    IpAddress with such a value never matches and NotIpAddress always does, so that the guard is either shut or missing.

    ## What to do instead
    Write an address or a range in CIDR notation, such as `203.0.113.0/24` or `2001:db8::/32`; ranges have no wildcards.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "TYPE_MISMATCH_IP_RANGE"
    elements = frozenset(("Condition",))
    operators = frozenset(("ipaddress",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","203.0.113.7","2001:db8::/32"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NotIpAddressIfExists":{"aws:SourceIp":"203.0.113.7/24"}}}',
            why="a loose range is another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceIp":"office"}}}',
            why="another type",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":«"300.1.1.1/33"»}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["192.0.2.0/24",«"203.0.113.*"»]}}}',
            why="ranges have no wildcards",
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","203.0.113.0/24"]}}}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ipaddressifexists":{"aws:VpcSourceIp":«"10.0.0.0/255.0.0.0"»}}}',
            why="CIDR counts bits",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":[«"2001:db8::/129"»]}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from misfits(
            self, statement, ("IpAddress",), is_address, "an address or a range such as `203.0.113.0/24`", meant_network
        )
