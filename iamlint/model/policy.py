"""A policy document as values: `Policy` → `Statement` → `Item`, `PrincipalItem`, `Condition`.

Nothing here judges. Elements of a wrong type are left out of the typed views (`actions`, `conditions` …) and stay
reachable through `value`, so that the grammar rules can point at them and every other rule may ignore them.
Grammar: AWS IAM User Guide, "Grammar of the IAM JSON policy language".
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from iamlint.memo import Memo
from iamlint.model.cached import cached
from iamlint.record import NamedTuple
from iamlint.syntax import Path

POLICY_KINDS: Final = ("identity", "resource", "trust", "scp", "rcp", "boundary", "session", "endpoint")
"""`boundary` and `session` policies have the grammar of `identity`, `endpoint` that of `resource`."""

RESOURCE_TYPES: Final = {
    "AWS::S3::Bucket": "resource",
    "AWS::S3::AccessPoint": "resource",
    "AWS::S3::MultiRegionAccessPoint": "resource",
    "AWS::S3ObjectLambda::AccessPoint": "resource",
    "AWS::DynamoDB::Table": "resource",
    "AWS::IAM::AssumeRolePolicyDocument": "trust",
}
"""Types of resources whose policies have rules of their own → the kind of these policies.

From AWS IAM Access Analyzer API Reference, "ValidatePolicy", parameter `validatePolicyResourceType`.
"""

_TRUST_ACTIONS: Final = frozenset(
    (
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:tagsession",
        "sts:setsourceidentity",
        "sts:setcontext",
    )
)


class Item(NamedTuple):
    """One scalar of an element: an action, a resource, a condition value.

    `text` is what IAM compares (numbers and booleans as the string of their value), `path` leads to it from the
    root of the document, `value` is the JSON value itself.
    """

    text: str
    path: Path
    value: object

    def __str__(self) -> str:
        return self.text


class PrincipalItem(NamedTuple):
    """One principal. `type` is `AWS`, `Service`, `Federated`, `CanonicalUser` or what else is written as the key.

    The bare `"Principal": "*"` has type `*`.
    """

    type: str
    text: str
    path: Path

    @property
    def is_everyone(self) -> bool:
        """True iff this names all principals, anonymous ones too: `"*"` or `{"AWS": "*"}`."""
        return self.text == "*" and self.type in ("*", "AWS")

    def __str__(self) -> str:
        return self.text


class Condition(NamedTuple):
    """One key under one operator, as written.

    `operator` keeps its prefix and suffix (`ForAllValues:StringLikeIfExists`), `path` leads to the key
    (`Statement, 0, Condition, StringLike, aws:PrincipalArn`).
    """

    operator: str
    key: str
    values: tuple[Item, ...]
    path: Path


def scalar_text(value: object) -> str | None:
    """The string that IAM compares for a JSON scalar; None where `value` is no scalar that IAM takes."""
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, (int, float)):
        return str(value)
    return None


def _strings(value: object, path: Path) -> tuple[Item, ...]:
    if isinstance(value, str):
        return (Item(value, path, value),)
    if isinstance(value, list):
        # Straight to the tuple that an Item is: of a large account a million are made.
        new = tuple.__new__
        return tuple([new(Item, (v, (*path, i), v)) for i, v in enumerate(value) if isinstance(v, str)])
    return ()


def _scalars(value: object, path: Path) -> Iterator[Item]:
    entries = [(v, (*path, i)) for i, v in enumerate(value)] if isinstance(value, list) else [(value, path)]
    for entry, where in entries:
        text = scalar_text(entry)
        if text is not None:
            yield Item(text, where, entry)


STATEMENT_ELEMENTS: Final = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
"""All that a statement may hold, in the order of AWS's own documents ("Grammar of the IAM JSON policy language")."""
_ELEMENTS: Final = frozenset(STATEMENT_ELEMENTS)


def _all(value: object, is_plain: Callable[[str], bool]) -> bool:
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        if not (isinstance(entry, str) and is_plain(entry)):
            return False
    return bool(entries)


def _is_plain_action(text: str) -> bool:
    service, colon, name = text.partition(":")
    if not colon:
        return text == "*"
    bare = name.replace("*", "").replace("?", "")
    return service.replace("-", "").isalnum() and text.isascii() and bool(name) and (not bare or bare.isalnum())


_plain_actions: Final = Memo(_is_plain_action)


def _all_plain_actions(value: object) -> bool:
    entries = value if isinstance(value, list) else [value]
    try:
        return bool(entries) and all(map(_plain_actions.__getitem__, entries))
    except (TypeError, AttributeError):  # no text
        return False


_plain_resource: Final = re.compile(r"\*\Z|arn:[^:$]*+:[A-Za-z0-9][A-Za-z0-9-]*+:[^:$]*+:[^:$]*+:").match


def _is_plain_resource(text: str) -> bool:
    return _plain_resource(text) is not None and text.isascii()


def _is_plain_block(value: object) -> bool:
    """Operators → keys → scalars or lists of one type of them, nothing of it empty, no key twice."""
    if not (isinstance(value, dict) and value):
        return False
    for keys in value.values():
        if not (isinstance(keys, dict) and keys):
            return False
        if len(keys) > 1 and len({key.lower() for key in keys}) < len(keys):
            return False
        for key, entry in keys.items():
            if key[:1] == ":" or ":" not in key[:-1] or "$" in key:
                return False
            if not (type(entry) is str or _is_plain_value(entry)):
                return False
    return True


def _is_plain_value(value: object) -> bool:
    entries = value if isinstance(value, list) else [value]
    return isinstance(entries[0] if entries else None, (str, int, float)) and len(set(map(type, entries))) == 1


def _is_plain_principal(value: object) -> bool:
    return value == "*" or (
        isinstance(value, dict) and all(_all(entries, lambda text: "$" not in text) for entries in value.values())
    )


class Statement:
    """One statement of a policy; `path` is `("Statement", n)`, or `("Statement",)` where it stands alone."""

    def __init__(self, policy: "Policy", value: dict[str, object], path: Path) -> None:
        self.policy = policy
        self.value = value
        self.path = path

    def __contains__(self, element: str) -> bool:
        return element in self.value

    @property
    def allows(self) -> bool:
        """True iff `Effect` is exactly `Allow`; IAM compares case-sensitively."""
        return self.value.get("Effect") == "Allow"

    @property
    def denies(self) -> bool:
        """True iff `Effect` is exactly `Deny`; IAM compares case-sensitively."""
        return self.value.get("Effect") == "Deny"

    @cached
    def is_regular(self) -> bool:
        """True only if the statement is of the plain form that nearly all have, with nothing that grammar could mind.

        The elements are known and none is missing, Effect is Allow or Deny, actions are `service:Name` with wildcards
        in the name or `*`, resources are `*` or have the six fields of an ARN, a Sid is letters and digits, no list or
        object is empty, the values of a condition key are of one type, no variable stands but in resources and values.
        False says nothing: look closer.
        """
        value = self.value
        if not (value.keys() <= _ELEMENTS and value.get("Effect") in ("Allow", "Deny")):
            return False
        actions = value["Action"] if "Action" in value else value.get("NotAction")
        resources = value["Resource"] if "Resource" in value else value.get("NotResource")
        if self.policy.kind == "trust" and resources is None:
            resources = "*"
        sid = value.get("Sid", "A")
        return (
            isinstance(sid, str)
            and sid.isalnum()
            and sid.isascii()
            and _all_plain_actions(actions)
            and _all(resources, _is_plain_resource)
            and ("Condition" not in value or _is_plain_block(value["Condition"]))
            and _is_plain_principal(value.get("Principal", value.get("NotPrincipal", "*")))
            and not {"Principal", "NotPrincipal"} <= value.keys()
            and not {"Action", "NotAction"} <= value.keys()
            and not {"Resource", "NotResource"} <= value.keys()
        )

    @property
    def sid(self) -> str | None:
        """The `Sid`; None where absent, empty or no string."""
        sid = self.value.get("Sid")
        return sid if isinstance(sid, str) and sid else None

    def at(self, *steps: str | int) -> Path:
        """The path of something inside this statement."""
        return (*self.path, *steps)

    def _element(self, name: str) -> tuple[Item, ...]:
        return _strings(self.value.get(name), (*self.path, name))

    @cached
    def actions(self) -> tuple[Item, ...]:
        """The entries of `Action`."""
        return self._element("Action")

    @cached
    def not_actions(self) -> tuple[Item, ...]:
        """The entries of `NotAction`."""
        return self._element("NotAction")

    @cached
    def resources(self) -> tuple[Item, ...]:
        """The entries of `Resource`."""
        return self._element("Resource")

    @cached
    def not_resources(self) -> tuple[Item, ...]:
        """The entries of `NotResource`."""
        return self._element("NotResource")

    def _principals(self, name: str) -> Iterator[PrincipalItem]:
        value = self.value.get(name)
        if isinstance(value, str):
            yield PrincipalItem("*" if value == "*" else "", value, (*self.path, name))
        elif isinstance(value, dict):
            for type_, entries in value.items():
                for item in _strings(entries, (*self.path, name, type_)):
                    yield PrincipalItem(type_, item.text, item.path)

    @cached
    def principals(self) -> tuple[PrincipalItem, ...]:
        """The entries of `Principal`; one that is a bare string other than `*` has the type `""`."""
        return tuple(self._principals("Principal"))

    @cached
    def not_principals(self) -> tuple[PrincipalItem, ...]:
        """The entries of `NotPrincipal`, as `principals`."""
        return tuple(self._principals("NotPrincipal"))

    @cached
    def conditions(self) -> tuple[Condition, ...]:
        """Every key under every operator, in document order."""
        block = self.value.get("Condition")
        if not isinstance(block, dict):
            return ()
        found = []
        for operator, keys in block.items():
            if isinstance(keys, dict):
                for key, values in keys.items():
                    path = (*self.path, "Condition", operator, key)
                    found.append(Condition(operator, key, tuple(_scalars(values, path)), path))
        return tuple(found)


_GIVEN: Final = frozenset(("value", "kind", "resource_type", "length", "extent"))


class Policy:
    """A policy document and its kind (one of `POLICY_KINDS`).

    `value` is whatever JSON value stands where the document should be; `statements` holds those entries of
    `Statement` that are objects. `resource_type` is the type of the resource that the policy is attached to (one of
    `RESOURCE_TYPES`), where that is known. `length` is the number of characters of the document's text, where it has
    one of its own and is of a kind whose limits count them as they are. The document comes to no more characters than
    `extent`, where that is known.
    """

    def __init__(
        self,
        value: object,
        kind: str,
        resource_type: str | None = None,
        length: int | None = None,
        extent: int | None = None,
    ) -> None:
        self.value = value
        self.kind = kind
        self.resource_type = resource_type
        self.length = length
        self.extent = extent

    def forget(self) -> None:
        """Lets go of all that was worked out of the policy: it and its statements hold each other."""
        known = self.__dict__
        for name in [name for name in known if name not in _GIVEN]:
            del known[name]

    @cached
    def version(self) -> str:
        """The language version in force: `2008-10-17` where absent, as IAM has it."""
        version = self.value.get("Version") if isinstance(self.value, dict) else None
        return version if isinstance(version, str) else "2008-10-17"

    @cached
    def is_regular(self) -> bool:
        """True only if the document is an object of known elements in the current version with regular statements."""
        value = self.value
        if not (isinstance(value, dict) and value.keys() <= {"Version", "Id", "Statement"}):
            return False
        statements = value.get("Statement")
        count = len(statements) if isinstance(statements, list) else 1
        return (
            value.get("Version") == "2012-10-17"
            and isinstance(value.get("Id", ""), str)
            and len(self.statements) == count > 0
            and all(statement.is_regular for statement in self.statements)
        )

    @property
    def has_variables(self) -> bool:
        """True iff `${…}` is a policy variable in this document and not literal text."""
        return self.version == "2012-10-17"

    @cached
    def statements(self) -> tuple[Statement, ...]:
        """The statements in document order."""
        if not isinstance(self.value, dict):
            return ()
        value = self.value.get("Statement")
        if isinstance(value, dict):
            return (Statement(self, value, ("Statement",)),)
        if isinstance(value, list):
            return tuple(
                Statement(self, entry, ("Statement", i)) for i, entry in enumerate(value) if isinstance(entry, dict)
            )
        return ()


def kind_and_type(name: str) -> tuple[str, str | None]:
    """The kind that `name` is or that it has as the type of a resource, and that type, if it is one."""
    return (RESOURCE_TYPES[name], name) if name in RESOURCE_TYPES else (name, None)


def detect_kind(value: object) -> str:
    """The kind that a document shows by itself: `trust`, `resource` or `identity`.

    A statement with a principal makes a resource policy; it is a role's trust policy where every action is one of
    those that assume a role and no resource is named. SCPs, RCPs, boundaries, session and endpoint policies cannot be
    told from the text and need the configuration, `--policy-kind` or the export around them.
    """
    policy = Policy(value, "identity")
    statements = policy.statements
    policy.forget()
    if not any("Principal" in s or "NotPrincipal" in s for s in statements):
        return "identity"
    trust = all(
        s.actions
        and all(a.text.lower() in _TRUST_ACTIONS for a in s.actions)
        and "Resource" not in s
        and "NotResource" not in s
        for s in statements
    )
    return "trust" if trust else "resource"
