"""A call that AWS denied, from its CloudTrail record: the request that it was, and what would have let it through.

Sources: AWS CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element"; IAM User Guide,
"Troubleshoot access denied error messages", for what the message tells.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from iamlint.analyse.request import Blocker, Decision, Policies, Request
from iamlint.engine.held import Case
from iamlint.model import Policy
from iamlint.record import NamedTuple

DENIALS: Final = frozenset(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"))
_MESSAGE: Final = re.compile(
    r"not authorized to perform: (?P<action>[A-Za-z0-9-]{1,64}:[A-Za-z0-9]{1,128})"
    r"(?: on resource: \"?(?P<resource>\S{1,2048}?)\"?(?= |$))?"
)
_STEPS: Final = (
    ("service control polic", "scp"),
    ("resource control polic", "rcp"),
    ("permissions boundary", "boundary"),
    ("session polic", "session"),
    ("vpc endpoint polic", "endpoint"),
    ("role trust polic", "resource"),
    ("resource-based polic", "resource"),
    ("identity-based polic", "identity"),
)
_LONGEST: Final = 4096
_DATE: Final = re.compile(r"20\d{6}(v\d+)?|20\d\d_\d\d_\d\d(v\d+)?")


class Denied(NamedTuple):
    """A denied call. `step` is the kind of policy that AWS's message names, None where it names none.

    `vague` says that the record does not tell the resource.
    """

    request: Request
    time: str
    message: str
    step: str | None
    vague: bool


class Addition(NamedTuple):
    """A statement that is missing, and the kind of policy that misses it; `level` is that of an organisation policy."""

    step: str
    statement: Mapping[str, object]
    level: int | None = None


class Remedy(NamedTuple):
    """What would let a request through: all `additions` together make AWS answer `result`.

    `denials` are the statements that deny it, which nothing that is added overcomes.
    """

    additions: tuple[Addition, ...]
    denials: tuple[Blocker, ...]
    result: Decision


def denied(record: Mapping[str, object]) -> Denied | None:
    """The denied call that a record tells of; None for any other record.

    Raises ValueError, with a message for people, where the record does not tell who asked for what.
    """
    code = record.get("errorCode")
    if not isinstance(code, str) or code.removeprefix("Client.") not in DENIALS:
        return None
    message = _text(record, "errorMessage")[:_LONGEST]
    told = _MESSAGE.search(message)
    principal = _principal(record)
    action = told["action"] if told else _action(record)
    resource = (told["resource"] if told else None) or _resource(record, action)
    lowered = message.lower()
    step = next((step for mark, step in _STEPS if mark in lowered), None)
    request = Request(principal, action, resource or "*", None, _context(record))
    return Denied(request, _text(record, "eventTime")[:40], message, step, resource is None and _takes_one(action))


def _principal(record: Mapping[str, object]) -> str:
    identity = record.get("userIdentity")
    arn = identity.get("arn") if isinstance(identity, dict) else None
    if not isinstance(arn, str) or not arn.startswith("arn:"):
        raise ValueError("the record does not tell the ARN of who asked")
    return arn[:_LONGEST]


def _action(record: Mapping[str, object]) -> str:
    from iamlint.aws.api_names import actions_of, prefix_of
    from iamlint.aws.catalogue import catalogue

    source = _text(record, "eventSource").removesuffix(".amazonaws.com").lower()
    prefix, name = prefix_of(source) or source, _text(record, "eventName")
    dated = _DATE.search(name)
    if dated is not None and dated.end() == len(name):
        name = name[: dated.start()]
    found = catalogue()
    if found.action_status(prefix, name) == "current":
        return f"{prefix}:{name}"
    others = actions_of(prefix, name.lower())
    if others:
        return others[0]
    raise ValueError(f"which action `{source[:60]}` `{name[:60]}` asks for is not known, and the message does not say")


def _takes_one(action: str) -> bool:
    from iamlint.aws.catalogue import catalogue

    prefix, _, name = action.partition(":")
    return catalogue().scopable(prefix.lower(), name) is True


def _resource(record: Mapping[str, object], action: str) -> str | None:
    """The ARN of what the call was about, of `resources` or of the parameters; None where neither tells it."""
    listed = record.get("resources")
    for entry in listed if isinstance(listed, list) else ():
        arn = entry.get("ARN") if isinstance(entry, dict) else None
        if isinstance(arn, str) and arn.startswith("arn:"):
            return arn[:_LONGEST]
    parameters = record.get("requestParameters")
    if not isinstance(parameters, dict):
        return None
    values = {key.lower(): value for key, value in parameters.items() if isinstance(value, str) and value}
    return _filled(record, action, values)


def _filled(record: Mapping[str, object], action: str, values: Mapping[str, str]) -> str | None:
    """A format of the action's resources, filled from the call's parameters."""
    from iamlint.aws.catalogue import catalogue

    prefix, _, name = action.partition(":")
    service = catalogue().service(prefix.lower())
    known = catalogue().action(prefix.lower(), name)
    if service is None or known is None:
        return None
    around = {
        "partition": "aws",
        "region": _text(record, "awsRegion")[:40],
        "account": _text(record, "recipientAccountId")[:12],
    }
    best: tuple[int, str] | None = None
    for type_ in known.resource_types:
        listed = service.resource_types.get(type_)
        for form in listed.arns if listed is not None else ():
            filled = _fill(form, {**values, **around})
            if filled is not None and (best is None or filled[0] > best[0]):
                best = filled
    return None if best is None else best[1]


def _fill(form: str, values: Mapping[str, str]) -> tuple[int, str] | None:
    """The format with the values of its variables, and how many came from the call; None where one is not known."""
    told = 0
    parts: list[str] = []
    for piece in re.split(r"(\$\{[A-Za-z0-9]+\})", form):
        if not piece.startswith("${"):
            parts.append(piece)
            continue
        name = piece[2:-1].lower().removesuffix("withpath")
        value = next((values[key] for key in _spellings(name) if key in values), None)
        if value is None:
            return None
        if value.startswith("arn:"):
            return 1, value[:_LONGEST]
        told += name not in ("partition", "region", "account")
        parts.append(value[:_LONGEST])
    return (told, "".join(parts)) if told else None


def _spellings(name: str) -> tuple[str, ...]:
    stem = name.removesuffix("name").removesuffix("id")
    return (name, f"{stem}name", f"{stem}id", stem, *(("key",) if name == "objectname" else ()))


def _context(record: Mapping[str, object]) -> dict[str, str | Sequence[str]]:
    """The condition keys that the record tells, in lower case."""
    found: dict[str, str | Sequence[str]] = {}
    endpoint, address = _text(record, "vpcEndpointId"), _text(record, "sourceIPAddress")
    if endpoint:
        found["aws:sourcevpce"] = endpoint
    if _is_address(address):
        found["aws:vpcsourceip" if endpoint else "aws:sourceip"] = address
    for key, name in (
        ("aws:requestedregion", "awsRegion"),
        ("aws:currenttime", "eventTime"),
        ("aws:useragent", "userAgent"),
    ):
        if _text(record, name):
            found[key] = _text(record, name)[:_LONGEST]
    if isinstance(record.get("tlsDetails"), dict):
        found["aws:securetransport"] = "true"
    identity = record.get("userIdentity")
    identity = identity if isinstance(identity, dict) else {}
    session = identity.get("sessionContext")
    attributes = session.get("attributes") if isinstance(session, dict) else None
    if isinstance(attributes, dict) and "mfaAuthenticated" in attributes:
        found["aws:multifactorauthpresent"] = str(attributes["mfaAuthenticated"]).lower()
    by = identity.get("invokedBy")
    found["aws:viaawsservice"] = "true" if isinstance(by, str) and by.endswith(".amazonaws.com") else "false"
    parameters = record.get("requestParameters")
    if isinstance(parameters, dict):
        for key, name in (("sts:externalid", "externalId"), ("sts:rolesessionname", "roleSessionName")):
            if isinstance(parameters.get(name), str):
                found[key] = str(parameters[name])[:_LONGEST]
    return found


def _is_address(text: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return len(text) < 64


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def remedy(case: Case) -> Remedy:
    """The smallest statements that together let the request of `case` through, and what AWS answers with them."""
    decision = case.decide()
    denials = tuple(blocker for blocker in decision.blockers if blocker.statement is not None)
    additions = tuple(_additions(case, decision))
    given = case.policies
    for addition in additions:
        given = _with(given, addition)
    result = case._replace(policies=given).decide() if additions else decision
    return Remedy(additions, denials, result)


def _additions(case: Case, decision: Decision) -> list[Addition]:
    request = case.request
    statement = {"Effect": "Allow", "Action": request.action, "Resource": _literal(request.resource)}
    found: dict[tuple[str, int | None], Addition] = {}
    for blocker in decision.blockers:
        if blocker.statement is not None:
            continue
        step = blocker.step
        if step in ("scp", "rcp"):
            levels = case.policies.scps if step == "scp" else case.policies.rcps
            number = re.search(r"level (\d+) of", blocker.reason)
            level = int(number[1]) if number else 1
            added = {**statement, "Principal": "*"} if step == "rcp" else statement
            if levels and level <= len(levels):
                found[step, level] = Addition(step, added, level)
        elif step == "resource":
            found[step, None] = Addition(step, _on_resource(request, statement))
        elif step in ("identity", "boundary", "session"):
            found[step, None] = Addition(step, statement)
    return list(found.values())


def _on_resource(request: Request, statement: Mapping[str, object]) -> dict[str, object]:
    from iamlint.analyse.principals import caller

    who = caller(request.principal)
    if who.kind == "service":
        principal: object = {"Service": who.name}
    elif who.kind == "anonymous":
        principal = "*"
    else:
        principal = {"AWS": who.arn}
    found = {"Effect": "Allow", "Principal": principal, "Action": request.action}
    return (
        found if request.action.lower().startswith("sts:assumerole") else {**found, "Resource": statement["Resource"]}
    )


def _literal(arn: str) -> str:
    """The ARN as a pattern that matches only itself."""
    if arn == "*":
        return arn
    return "".join(f"${{{char}}}" if char in "*?$" else char for char in arn)


def _with(given: Policies, addition: Addition) -> Policies:
    kind = {"scp": "scp", "rcp": "rcp", "resource": "resource"}.get(addition.step, "identity")
    policy = Policy({"Version": "2012-10-17", "Statement": [dict(addition.statement)]}, kind)
    if addition.step == "scp":
        return given._replace(scps=_at_level(given.scps, addition.level, policy))
    if addition.step == "rcp":
        return given._replace(rcps=_at_level(given.rcps, addition.level, policy))
    if addition.step == "resource":
        return given._replace(resource=(*(given.resource or ()), policy))
    if addition.step == "boundary":
        return given._replace(boundary=(*(given.boundary or ()), policy))
    if addition.step == "session":
        return given._replace(session=(*(given.session or ()), policy))
    return given._replace(identity=(*(given.identity or ()), policy))


def _at_level(levels: Sequence[Sequence[Policy]] | None, level: int | None, policy: Policy) -> list[Sequence[Policy]]:
    return [(*entries, policy) if number == level else entries for number, entries in enumerate(levels or (), 1)]
