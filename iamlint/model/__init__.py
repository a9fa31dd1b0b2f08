"""Frozen values of the IAM policy language. Lenient: a wrong element stays in place, for rules to point at."""

from iamlint.model.policy import (
    POLICY_KINDS,
    RESOURCE_TYPES,
    Condition,
    Item,
    Policy,
    PrincipalItem,
    Statement,
    detect_kind,
    kind_and_type,
)
from iamlint.model.spot import Spot

__all__ = [
    "POLICY_KINDS",
    "RESOURCE_TYPES",
    "Condition",
    "Item",
    "Policy",
    "PrincipalItem",
    "Spot",
    "Statement",
    "detect_kind",
    "kind_and_type",
]
