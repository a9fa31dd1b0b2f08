"""What AWS Organizations tells: policies, what they are attached to, who is below whom; and the levels that follow.

Shapes: AWS Organizations API Reference, "DescribePolicy", "ListTargetsForPolicy", "ListParents". The last two do not
say what they were asked for: that is in the name of the file, or beside the answer (`PolicyId`, `ChildId`).
Levels: AWS Organizations User Guide, "SCP evaluation".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from iamlint.load.document import PolicyDocument
from iamlint.model.account import PolicyText
from iamlint.model.fact import Fact, Unknown
from iamlint.record import NamedTuple

KIND: Final = "organizations"
TYPES: Final = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
_NODE: Final = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[0-9]{12}")
_ORGANIZATION: Final = re.compile(r":policy/(o-[0-9a-z]{10,32})/")
_MOST_LEVELS: Final = 8  # the root, five levels of units, the account


class Attached(NamedTuple):
    """A policy of the organisation: its id, kind (`scp`, `rcp`), the account that manages it, and the document."""

    id: str
    kind: str
    manager: str
    document: PolicyDocument


class Organization:
    """What was found, of one file or of several."""

    def __init__(self) -> None:
        self.policies: dict[str, Attached] = {}
        self.targets: dict[str, list[str]] = {}
        """Policy → the ids of the root, units and accounts that it is attached to."""
        self.parents: dict[str, str] = {}
        """Account or unit → the unit or root above it."""

    def __bool__(self) -> bool:
        return bool(self.policies or self.targets or self.parents)

    def add(self, other: "Organization") -> None:
        """Takes in what another file tells."""
        self.policies.update(other.policies)
        self.targets.update(other.targets)
        self.parents.update(other.parents)

    @property
    def id(self) -> str | None:
        """The id of the organisation; None where no policy of its own tells it."""
        ids = (_ORGANIZATION.search(policy.document.arn or "") for policy in self.policies.values())
        return next((found[1] for found in ids if found is not None), None)

    def levels(self, account: str, kind: str) -> Fact[tuple[tuple[PolicyText, ...], ...]]:
        """The policies of `kind` that bind an account, level by level from the root down.

        No levels for the account that manages the organisation. `Unknown` where a level is: each has a policy that
        allows, so that one without any is one whose policies are not at hand. Without any word on what the policies
        are attached to, all of them are taken to bind the account.
        """
        policies = {id_: policy for id_, policy in self.policies.items() if policy.kind == kind}
        if not policies:
            return Unknown(KIND)
        if any(policy.manager == account for policy in policies.values()):
            return ()
        if not self.targets:
            return (tuple(PolicyText(policy.document) for policy in policies.values()),)
        found: list[tuple[PolicyText, ...]] = []
        for node in self._above(account):
            here = [id_ for id_, targets in self.targets.items() if node in targets]
            texts = tuple(PolicyText(policies[id_].document) for id_ in here if id_ in policies)
            if not texts or any(id_ not in self.policies for id_ in here):
                return Unknown(KIND)
            found.append(texts)
        return tuple(found) if found and self._is_root(account) else Unknown(KIND)

    def _above(self, account: str) -> list[str]:
        """The root first, the account last."""
        way = [account]
        while way[-1] in self.parents and len(way) < _MOST_LEVELS:
            way.append(self.parents[way[-1]])
        return way[::-1]

    def _is_root(self, account: str) -> bool:
        return self._above(account)[0].startswith("r-")


def organization(path: str, values: Sequence[object], documents: Iterable[PolicyDocument]) -> Organization | None:
    """What the JSON values of a file tell of an organisation; None where that is nothing.

    `documents` are the policies that were found in the file.
    """
    found = Organization()
    stem = re.split(r"[/\\]", path)[-1].partition(".")[0]
    by_arn = {document.arn: document for document in documents if document.arn is not None}
    for value in values:
        for answer, around in _answers(value):
            _take(found, answer, around, stem, by_arn)
    return found if found else None


def _answers(value: object) -> Iterator[tuple[Mapping[str, object], Mapping[str, object]]]:
    """Each answer with what stands around it."""
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            inner = entry.get("Answer")
            yield (inner if isinstance(inner, dict) else entry), entry


def _take(
    found: Organization,
    answer: Mapping[str, object],
    around: Mapping[str, object],
    stem: str,
    by_arn: Mapping[str, PolicyDocument],
) -> None:
    policy = answer.get("Policy")
    summary = policy.get("PolicySummary") if isinstance(policy, dict) else None
    if isinstance(summary, dict):
        id_, arn, kind = (summary.get(key) for key in ("Id", "Arn", "Type"))
        if isinstance(id_, str) and isinstance(arn, str) and isinstance(kind, str) and arn in by_arn:
            manager = arn.split(":", 5)[4] if arn.count(":") >= 5 else ""
            found.policies[id_] = Attached(id_, TYPES.get(kind, ""), manager, by_arn[arn])
    targets = _ids(answer.get("Targets"), "TargetId")
    if targets is not None:
        found.targets[_asked(around, "PolicyId", stem)] = targets
    parents = _ids(answer.get("Parents"), "Id")
    if parents:
        found.parents[_asked(around, "ChildId", stem)] = parents[0]


def _asked(around: Mapping[str, object], key: str, stem: str) -> str:
    """What the answer is about."""
    told = around.get(key)
    return told if isinstance(told, str) else stem


def _ids(value: object, key: str) -> list[str] | None:
    """The ids of a list of roots, units and accounts; None for anything else."""
    if not isinstance(value, list):
        return None
    found = [entry.get(key) if isinstance(entry, dict) else None for entry in value]
    ids = [id_ for id_ in found if isinstance(id_, str) and _NODE.fullmatch(id_)]
    return ids if len(ids) == len(found) else None
