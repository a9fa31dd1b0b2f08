"""What was found in a file as values of JSON, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from iamlint.finding import (
    Checked,
    Edit,
    Finding,
    Folded,
    PolicyRef,
    Proof,
    Region,
    Related,
    Rewrite,
    Severity,
    Subject,
)

_FIELDS = list(Finding._fields)


def encoded(checked: Checked) -> bytes:
    """All but the path and the text: a line with the count of policies and the day, and JSON if there are findings.

    Raises TypeError, ValueError or RecursionError where a rule handed over what JSON has no counterpart for.
    """
    head = f"{checked.policies} {checked.day}\n".encode("ascii")
    if not checked.findings:
        return head
    import json

    findings = [list(map(_portable, finding)) for finding in checked.findings]
    told = {"fields": _FIELDS, "findings": findings, "advice": _portable(checked.advice)}
    return head + json.dumps(told, separators=(",", ":")).encode("ascii")


def decoded(content: bytes, path: str) -> Checked:
    """The file at `path` without its text. Raises TypeError, ValueError, KeyError or IndexError for other content."""
    head, _, rest = content.partition(b"\n")
    policies, day = head.decode("ascii").split(" ")
    if not rest:
        return Checked(path, [], int(policies), day, None, {})
    import json

    told = json.loads(rest)
    if told["fields"] != _FIELDS:
        raise ValueError("an entry of other fields")
    findings = [_finding(dict(zip(_FIELDS, values, strict=True))) for values in told["findings"]]
    return Checked(path, findings, int(policies), day, None, told["advice"])


def _finding(of: dict[str, Any]) -> Finding:
    policy, subject, rewrite = of["policy"], of["subject"], of["rewrite"]
    of |= {
        "severity": Severity(of["severity"]),
        "region": Region(*of["region"]),
        "pointers": tuple(of["pointers"]),
        "identity": tuple(of["identity"]),
        "marked": tuple([Region(*region) for region in of["marked"]]),
        "policy": None if policy is None else _policy(*policy),
        "subject": None if subject is None else Subject(*subject),
        "related": tuple([Related(message, path, Region(*region)) for message, path, region in of["related"]]),
        "folded": tuple([Folded(*folded) for folded in of["folded"]]),
        "rewrite": None if rewrite is None else _rewrite(*rewrite),
    }
    return Finding(**of)


def _policy(kind: str, name: str | None, arn: str | None, owner: str | None, attached_to: Sequence[str]) -> PolicyRef:
    return PolicyRef(kind, name, arn, owner, tuple(attached_to))


def _rewrite(title: str, safe: bool, edits: Any, proof: Any, made: Any, denied: int | None) -> Rewrite:
    verdict, reason, witness, assumes = proof
    whole = Proof(verdict, reason, witness, tuple(assumes))
    told = None if made is None else (None, (), made[2])
    return Rewrite(title, safe, tuple([Edit(Region(*region), text) for region, text in edits]), whole, told, denied)


def _portable(value: object) -> object:
    """`value` in types that come back from JSON as reports show them, which sort sets, too."""
    if value is None or isinstance(value, (bool, str, int, float)):
        return value
    if isinstance(value, Severity):
        return value.value
    if isinstance(value, Rewrite):
        value = value.unmade
    if isinstance(value, (list, tuple)):
        return list(map(_portable, value))
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _portable(entry) for key, entry in value.items()}
    if isinstance(value, (set, frozenset)):
        return [_portable(entry) for entry in sorted(value, key=str)]
    raise TypeError(f"{type(value).__name__} cannot be kept")
