from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, entry_written, loose_ranges, quote


class ImproveIpRange(StatementRule):
    """A range of addresses has bits set that its mask cuts off.

    ## Why it matters
    IAM ignores the bits below the mask. Who reads `203.0.113.7/24` may take it for one address, but it is 256 of them.

    ## What to do instead
    Write the range as IAM reads it, or a longer mask if less was meant: `/32` is one IPv4 address.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "IMPROVE_IP_RANGE"
    elements = frozenset(("Condition",))
    operators = frozenset(("ipaddress",))
    tags = ("style", "networks")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","203.0.113.7/32","203.0.113.7","2001:db8::/32"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:PrincipalTag/net":"203.0.113.7/24"}}}',
            why="text, not a range",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.7/33"}}}',
            why="what is no range at all is another rule",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":"2001:0DB8:0000::/32"}}}',
            why="only another spelling",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":«"203.0.113.7/24"»}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"NotIpAddressIfExists":{"aws:SourceIp":["198.51.100.0/24",«"203.0.113.128/24"»]}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ipaddress":{"aws:VpcSourceIp":[«"10.1.0.0/8"»,«"2001:db8::1/32"»]}}}',
            why="any key, both families",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for item, clean in loose_ranges(statement):
            yield self.finding(
                item,
                f"IAM reads {quote(item)} as `{clean}`; write that, or a longer mask if less is meant",
                rewrite=partial(entry_written, statement.policy, item.path, clean),
            )
