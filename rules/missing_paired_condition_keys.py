from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, parse_operator, quote


class MissingPairedConditionKeys(StatementRule):
    """A condition tests a private address without saying in which VPC.

    ## Why it matters
    Private ranges are the same everywhere. `aws:VpcSourceIp` alone is met from any VPC, of any account, that uses such
    an address.

    ## What to do instead
    Test `aws:SourceVpc`, `aws:SourceVpcArn` or `aws:SourceVpce` in the same Condition.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpcsourceip
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    aws = "MISSING_PAIRED_CONDITION_KEYS"
    security_severity = 5.5
    elements = frozenset(("Condition",))
    condition_keys = frozenset(("aws:vpcsourceip",))
    tags = ("security", "networks")

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"},'
            '"StringEquals":{"aws:sourcevpc":"vpc-0123456789abcdef0"}}}'
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NotIpAddress":{"aws:VpcSourceIp":"10.1.0.0/16"},'
            '"StringEquals":{"aws:SourceVpce":"vpce-0123456789abcdef0"}}}',
            why="an endpoint stands in one VPC",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:VpcSourceIp":"true"}}}',
            why="no address is compared",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}}'
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{«"aws:VpcSourceIp"»:"10.0.0.0/8"}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NotIpAddressIfExists":{'
            '«"AWS:vpcsourceip"»:["10.0.0.0/8"]},"StringEquals":{"aws:SourceAccount":"111122223333"}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{«"aws:VpcSourceIp"»:"10.0.0.0/8"},'
            '"Null":{"aws:SourceVpc":"false"}}}',
            why="any VPC will do",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        compared = []
        for condition in statement.conditions:
            operator = parse_operator(condition.operator)
            if operator is None or operator.family != "Null":
                compared.append(condition)
        if _PARTNERS.isdisjoint(condition.key.lower() for condition in compared):
            for condition in compared:
                if condition.key.lower() == "aws:vpcsourceip":
                    what = f"{quote(condition.key)} is met from every VPC with such addresses"
                    yield self.finding(condition, f"{what}; test `aws:SourceVpc` as well")


_PARTNERS = frozenset(("aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce"))
