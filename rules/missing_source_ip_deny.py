from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Policy,
    PolicyRule,
    Severity,
    open_from_outside,
    opening_hit,
    sensitive_actions,
    source_ip_deny,
)

_OFFICE = {"networks": [{"name": "office", "cidr": "203.0.113.0/24"}, {"name": "vpn", "cidr": "2001:db8::/32"}]}


class MissingSourceIpDeny(PolicyRule):
    """A long-lived access key may use a sensitive action from outside the allowed networks.

    ## Why it matters
    A key that leaks works from anywhere in the world. A Deny outside of the networks that its user calls from makes it
    worth little to anybody else.

    Each sensitive action that the policy allows is tried as a request from an address in none of the networks that the
    configuration lists, also from addresses that the policy itself lets in. The finding carries one that gets through.

    ## What to do instead
    List the networks in the configuration, `[[environment.networks]]` with `name` and `cidr`, and deny with
    `NotIpAddress` on `aws:SourceIp` outside of them. Spare the calls that AWS services make for the user, with `Bool`
    `aws:ViaAWSService` `false`, and requests through your VPC endpoints, with `StringNotEquals` on
    `aws:SourceVpce`.

    ## When it can be wrong
    Without networks in the configuration nothing is checked. Another policy of the same user can hold the Deny, and
    roles have no long-lived keys; so the finding is of the level `limited`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
    """

    severity = Severity.WARNING
    levels = {"full": Severity.WARNING, "limited": Severity.SUGGESTION}
    security_severity = 2.5
    kinds = frozenset(("identity",))
    effect = "Allow"
    actions = frozenset(action.lower() for action in sensitive_actions())
    asks_for = "networks"
    tags = ("security", "networks")

    good = [
        Good('{"Effect":"Allow","Action":"*","Resource":"*"}', why="no networks in the configuration"),
        Good('{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}', environment=_OFFICE, why="nothing sensitive"),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},'
            '{"Effect":"Deny","Action":"*","Resource":"*","Condition":{'
            '"NotIpAddress":{"aws:SourceIp":["203.0.113.0/25","203.0.113.128/25","2001:db8::/32"]},'
            '"Bool":{"aws:ViaAWSService":"false"}}}]}',
            environment=_OFFICE,
            why="kept inside, in two halves",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"IpAddress":{"aws:sourceip":"203.0.113.7"}}}',
            environment=_OFFICE,
            why="allowed only from inside",
        ),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},'
            '{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}',
            environment=_OFFICE,
            why="the key alone is good for nothing",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["s3:Get*",«"iam:*"»],"Resource":"*"}',
            environment=_OFFICE,
            level="limited",
            rewritten='{"Effect":"Allow","Action":["s3:Get*","iam:*"],"Resource":"*"},'
            '{"Sid":"DenyOutsideNetworks","Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32"]},'
            '"Bool":{"aws:ViaAWSService":"false"},"Null":{"aws:SourceVpce":"true"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":«"*"»,"Resource":"*"},'
            '{"Effect":"Deny","Action":"*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","198.51.100.0/24"]}}}]}',
            environment=_OFFICE,
            level="limited",
            why="one network too many",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"ec2:TerminateInstances"»,"Resource":"*",'
            '"Condition":{"IpAddress":{"aws:SourceIp":"203.0.0.0/16"}}}',
            environment=_OFFICE,
            level="limited",
            why="the network and its neighbours",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",«"NotAction"»:"s3:*","Resource":"*"},'
            '{"Effect":"Deny","Action":"iam:*","Resource":"*",'
            '"Condition":{"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32"]}}}]}',
            environment=_OFFICE,
            level="limited",
            why="the Deny covers a part",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        if not ctx.environment.networks:
            return
        found = open_from_outside([policy], ctx.environment)
        if found.open:
            fix = "deny them with NotIpAddress `aws:SourceIp` and the allowed networks"
            who = "a long-lived key outside the allowed networks"
            hit = opening_hit(self, [policy], found, who, fix, level="limited")
            networks = [network.cidr for network in ctx.environment.networks]
            yield hit._replace(draft=partial(source_ip_deny, policy, networks))
