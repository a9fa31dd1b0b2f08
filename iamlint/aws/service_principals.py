"""Names of service principals: what can be told of `malware-protection.guardduty.amazonaws.com` from its text.

AWS publishes no list of them. A name has labels, perhaps a region, and one of a few suffixes; most labels are names
that a service has elsewhere too (prefix of its actions, ARNs, SDK), the others are listed here.
"""

from functools import cache
from typing import TYPE_CHECKING

from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue

_LONGEST = 253
"""No domain name has so many characters."""

# Names that no other list knows. Sources: "AWS services that work with IAM" (IAM User Guide) and the pages on
# service-linked roles, service roles and trusted access in the guides of the services that it leads to; what AWS's
# own managed policies name.
_LABELS = """
airflow-env alexa-appkit alexa-connectedhome aws-artifact-account-sync capacitymanager cloudwatch-crossaccount
codecatalyst-runner cognito-identity-us-gov config-conforms config-multiaccountsetup costalerts crowd
datazonecontrol dms-fleet-advisor dnssec-route53 ec2-images ec2fastlaunch ec2fleet ec2scheduled ecs-tasks
edgelambda eks-connector eks-fargate eks-fargate-pods eks-nodegroup iotthingsgraph ipam lexv2 macie
managedservices marketplace master-account member-account networkinsights osis-pipelines partnercentral-benefits
partnercentral-channel partnercentral-selling rds-preview securityhubv2 spot spotfleet transitgateway
user-attribute-cost-allocation-data vmie vpc-flow-logs
"""


class ServicePrincipal(NamedTuple):
    """The name of a service principal, taken apart."""

    labels: tuple[str, ...]
    """`("malware-protection", "guardduty")`; at least one."""
    region: str | None
    """`us-east-1` in `logs.us-east-1.amazonaws.com`."""
    suffix: str
    """`amazonaws.com`, `amazonaws.com.cn`, `amazon.com` or the domain of another partition."""

    @property
    def service(self) -> str:
        """The labels with dots between them."""
        return ".".join(self.labels)


def parse_service_principal(text: str) -> ServicePrincipal | None:
    """The parts of `service[.region].amazonaws.com[.cn]` or `service.amazon.com`; None where the text is not so.

    Compared as AWS does: all in lower case. A pattern or a variable is no name.
    """
    from iamlint.aws.regions import is_region

    if len(text) > _LONGEST:
        return None
    suffix = next((end for end in _suffixes() if text.endswith("." + end)), None)
    if suffix is None:
        return None
    labels = text[: -len(suffix) - 1].split(".")
    if not all(map(_is_label, labels)):
        return None
    region = labels.pop() if len(labels) > 1 and is_region(labels[-1]) else None
    return ServicePrincipal(tuple(labels), region, suffix)


@cache
def _suffixes() -> tuple[str, ...]:
    from iamlint.aws.regions import dns_suffixes

    return tuple(sorted({"amazon.com", *dns_suffixes()}))


def _is_label(text: str) -> bool:
    bare = text.replace("-", "")
    return bare.isascii() and bare.isalnum() and text == text.lower() and text[0] != "-" != text[-1]


def is_known_service_principal(principal: ServicePrincipal, catalogue: "Catalogue") -> bool:
    """True iff some label is the name of a service, now or once.

    One is enough: `delivery.logs` belongs to `logs`, `ec2.capacitymanager` to `ec2`. False says only that no list at
    hand knows the name: AWS adds services daily.
    """
    return principal.service in _listed() or any(is_known_label(label, catalogue) for label in principal.labels)


def is_known_label(label: str, catalogue: "Catalogue") -> bool:
    """True iff the label is, or was, a prefix of actions, a service in ARNs, a service's name in SDKs, or listed."""
    from iamlint.aws.api_names import prefix_of

    return (
        catalogue.is_service(label)
        or label in catalogue.arn_services()
        or prefix_of(label) is not None
        or label in _listed()
    )


@cache
def _listed() -> frozenset[str]:
    return frozenset(_LABELS.split())
