"""What the policy of a resource may hold, by the type of the resource that it is attached to.

Sources: AWS IAM User Guide, "IAM policy validation check reference"; Amazon S3 User Guide, "Policies and permissions in
Amazon S3" and "Configuring IAM policies for using access points"; Amazon DynamoDB Developer Guide, "Using
resource-based policies for DynamoDB"; the resource types of actions are those of the Service Authorization Reference.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.analyse.actions import action_matches
from iamlint.analyse.arns import arn_pattern, can_be
from iamlint.analyse.resources import is_everything
from iamlint.model import Item, Policy, Statement
from iamlint.record import NamedTuple
from iamlint.rule.families.arns import arn_faults
from iamlint.rule.families.names import MOST_PATTERNS, has_wildcard, is_every_action, resource_items

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue


class Attached(NamedTuple):
    """What is known of policies that are attached to resources of one type."""

    words: str
    """`an S3 bucket`."""
    formats: tuple[str, ...]
    """Of the ARNs that the policy can be about."""
    service: str
    """Prefix of the actions that it can be about."""
    types: frozenset[str] = frozenset()
    """Resource types of the service, of which such an action has one."""
    actions: frozenset[str] = frozenset()
    """These actions, in lower case, instead of those of `types`."""
    takes_everything: bool = False
    """True iff the resource may be `*`."""


_S3: Final = frozenset(("bucket", "object", "accesspoint", "accesspointobject", "multiregionaccesspoint"))
_TRUST: Final = Attached(
    "a role's trust policy",
    (),
    "sts",
    actions=frozenset(
        f"sts:{name}"
        for name in (
            *("assumerole", "assumerolewithsaml", "assumerolewithwebidentity"),
            *("setcontext", "setsourceidentity", "tagsession"),
        )
    ),
)
_ATTACHED: Final = {
    "AWS::S3::Bucket": Attached(
        "an S3 bucket",
        ("arn:${Partition}:s3:::${BucketName}", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"),
        "s3",
        frozenset(("bucket", "object")),
    ),
    "AWS::S3::AccessPoint": Attached(
        "an S3 access point", ("arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}",), "s3", _S3
    ),
    "AWS::S3::MultiRegionAccessPoint": Attached(
        "an S3 Multi-Region Access Point",
        ("arn:${Partition}:s3::${Account}:accesspoint/${AccessPointAlias}",),
        "s3",
        _S3,
    ),
    "AWS::S3ObjectLambda::AccessPoint": Attached(
        "an S3 Object Lambda access point",
        ("arn:${Partition}:s3-object-lambda:${Region}:${Account}:accesspoint/${AccessPointName}",),
        "s3-object-lambda",
        frozenset(("objectlambdaaccesspoint",)),
    ),
    "AWS::DynamoDB::Table": Attached(
        "a DynamoDB table",
        ("arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}",),
        "dynamodb",
        frozenset(("table", "index", "stream")),
        takes_everything=True,
    ),
}


def attached_to(policy: Policy) -> Attached | None:
    """What is known of policies attached to such a resource, a role included; None where the type is not known."""
    return _TRUST if policy.kind == "trust" else _ATTACHED.get(policy.resource_type or "")


def foreign_resources(statement: Statement, attached: Attached, catalogue: "Catalogue") -> Iterator[Item]:
    """Each entry of Resource and NotResource that can be no ARN of such a resource, though one of another."""
    formats = [format_ for format_ in map(arn_pattern, attached.formats) if format_ is not None]
    for item in resource_items(statement):
        arn = arn_pattern(item.text)
        if arn is None:
            if is_everything(item.text) and not attached.takes_everything:
                yield item
        elif not any(can_be(arn, format_) for format_ in formats) and not arn_faults(item.text, catalogue):
            yield item


def foreign_actions(statement: Statement, attached: Attached, catalogue: "Catalogue") -> Iterator[Item]:
    """Each action that AWS lists, or pattern of such, that no request to such a resource can be for."""
    supported = attached.actions or _actions_on(catalogue, attached.service, attached.types)
    patterns: dict[str, bool] = {}
    for item in statement.actions:
        text = item.text.lower()
        prefix, colon, name = text.partition(":")
        if is_every_action(text) or "${" in text or not colon or not name or text in supported:
            continue
        if not has_wildcard(text):
            if catalogue.action_status(prefix, name) == "current":
                yield item
        elif text in patterns or len(patterns) < MOST_PATTERNS:
            if text not in patterns:
                patterns[text] = not any(action_matches(text, action) for action in supported)
            if patterns[text] and catalogue.matches(text):
                yield item


@lru_cache(maxsize=64)
def _actions_on(catalogue: "Catalogue", prefix: str, types: frozenset[str]) -> frozenset[str]:
    service = catalogue.service(prefix)
    actions = service.actions.values() if service else ()
    return frozenset(
        f"{prefix}:{action.name.lower()}"
        for action in actions
        if not types.isdisjoint(map(str.lower, action.resource_types))
    )


def foreign_to_rcp(statement: Statement, catalogue: "Catalogue") -> Iterator[Item]:
    """Each entry of Resource and NotResource that is an ARN of a service without resource control policies."""
    covered = _rcp_arn_services(catalogue)
    for item in resource_items(statement):
        arn = arn_pattern(item.text)
        if (
            arn
            and not has_wildcard(arn.service)
            and arn.service not in covered
            and catalogue.is_arn_service(arn.service)
        ):
            yield item


@lru_cache(maxsize=8)
def _rcp_arn_services(catalogue: "Catalogue") -> frozenset[str]:
    """What the third field of ARNs can be of resources that requests to services with RCPs name."""
    prefixes = catalogue.rcp_services()
    services = (catalogue.service(prefix) for prefix in prefixes)
    formats = (
        arn for service in services if service for type_ in service.resource_types.values() for arn in type_.arns
    )
    return prefixes.union(arn.split(":", 3)[2] for arn in formats)
