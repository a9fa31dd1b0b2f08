from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, listing, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_ARN = "arn:aws:iam::111122223333:user/ann"
_OFFICE = {"networks": [{"name": "office", "cidr": "203.0.113.0/24"}, {"name": "vpn", "cidr": "2001:db8::/32"}]}
_FEW = 3


def _user(name: str = '"ann"') -> str:
    return f'{{"UserDetailList":[{{"UserName":{name},"Arn":"{_ARN}"}}]}}'


class UndocumentedSourceIp(PrincipalRule):
    """A user called from addresses that are in none of the networks that the configuration names.

    ## Why it matters
    Either the list of networks is not complete, and a Deny outside of them will stop somebody's work; or a key is where
    it should not be. Both are better known before the Deny is there.

    What counts are calls that were allowed. Addresses that lie close together are told as one network. Calls through a
    VPC endpoint and those that an AWS service made for the user are left out: `aws:SourceIp` is not in them.

    ## What to do instead
    Ask the owner of the key. Add the network to the configuration, `[[environment.networks]]` with `name`, `cidr` and
    `review-date`; or move the caller to a network that is there, and replace the key if nobody knows it.

    ## When it can be wrong
    The table of `iamlint usage` tells of the time that it covers, and of nothing else. Only users are looked at: the
    sessions of roles come from wherever their services run. Without networks in the configuration nothing is checked.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
    - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """

    severity = Severity.WARNING
    security_severity = 4.0
    needs = ("usage",)
    asks_for = "networks"
    principals = frozenset(("user",))
    tags = ("security", "networks", "account")

    good = [
        Good(_user(), environment=_OFFICE, usage=((_ARN, "203.0.113.7"), (_ARN, "2001:db8::1"))),
        Good(_user(), environment=_OFFICE, usage=(), why="nothing was seen of it"),
        Good(
            _user(),
            environment=_OFFICE,
            usage=((_ARN, "cloudformation.amazonaws.com"),),
            why="a service called for the user",
        ),
        Good(
            _user(),
            environment=_OFFICE,
            usage=(("arn:aws:iam::111122223333:role/app", "198.51.100.7"),),
            why="the session of a role",
        ),
        Good(_user(), usage=((_ARN, "198.51.100.7"),), why="no networks in the configuration"),
        Good(_user(), environment=_OFFICE, why="no table of what was used: not checked"),
    ]
    bad = [
        Bad(_user('«"ann"»'), environment=_OFFICE, usage=((_ARN, "203.0.113.7"), (_ARN, "198.51.100.7"))),
        Bad(_user('«"ann"»'), environment=_OFFICE, usage=((_ARN, "10.0.0.7"),), why="without a VPC endpoint"),
        Bad(
            _user('«"ann"»'),
            environment=_OFFICE,
            usage=((_ARN, "192.0.2.16"), (_ARN, "192.0.2.17"), (_ARN, "2001:db9::1")),
            why="two networks",
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        found = () if ctx.sightings is None else ctx.sightings(principal.arn)
        if not found:
            return
        networks = [one.cidr for one in found]
        keys = sorted({key for one in found for key in one.keys})
        named = listing(networks[:_FEW])
        more = f" and {len(networks) - _FEW} more" if len(networks) > _FEW else ""
        last = max((one.last for one in found if one.last), default="")
        until = f", last on {last[:10]}" if last else ""
        calls = sum(one.calls for one in found)
        times = "once" if calls == 1 else f"{calls:,} times"
        yield self.finding(
            principal.spot.at("UserName") if principal.value else principal.spot,
            f"{quote(principal.name)} called {times} from {named}{more}{until}: in no network of the configuration; "
            "name the network there, or find out who that is",
            networks=networks,
            keys=keys,
            calls=calls,
        )
