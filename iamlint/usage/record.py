"""One CloudTrail record, as far as the usage table needs it: what is in it once, apart from its time and its id.

Source: "CloudTrail record contents" in AWS's CloudTrail user guide. All but a few fields are optional, and records of
other tools write them in other cases or as text, so each value is taken for what it is and made text.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from iamlint.usage.named import naming

FIELDS: Final = (
    "eventsource",
    "eventname",
    "eventtype",
    "awsregion",
    "recipientaccountid",
    "sourceipaddress",
    "vpcendpointid",
    "useragent",
    "errorcode",
    "identity_type",
    "identity_arn",
    "identity_account",
    "issuer_arn",
    "accesskeyid",
    "invokedby",
    "mfa",
    "named",
)
"""The columns of what a record says, in the order of `facts`."""

_LONGEST: Final = 2048


class Issuer(msgspec.Struct, gc=False):
    """The role of a session."""

    arn: str | None = None


class Attributes(msgspec.Struct, gc=False):
    """How a session began."""

    mfaAuthenticated: str | bool | None = None


class SessionContext(msgspec.Struct, gc=False):
    """Temporary credentials: where they came from."""

    sessionIssuer: Issuer | None = None
    attributes: Attributes | None = None


class Identity(msgspec.Struct, gc=False):
    """Who called."""

    type: str | None = None
    arn: str | None = None
    accountId: str | None = None
    accessKeyId: str | None = None
    invokedBy: str | None = None
    sessionContext: SessionContext | None = None


class Record(msgspec.Struct, gc=False):
    """An event. Names are CloudTrail's; other fields are skipped while reading."""

    eventTime: str | None = None
    eventSource: str | None = None
    eventName: str | None = None
    awsRegion: str | None = None
    sourceIPAddress: str | None = None
    userAgent: str | None = None
    errorCode: str | None = None
    userIdentity: Identity | None = None
    recipientAccountId: str | None = None
    vpcEndpointId: str | None = None
    eventType: str | None = None
    eventID: str | None = None
    requestParameters: Any = None
    resources: Any = None


class LogFile(msgspec.Struct):
    """A file as a trail delivers it."""

    Records: list[Record]


_NOBODY: Final = Identity()
Facts = tuple[str | None, ...]


def facts(record: Record) -> Facts:
    """What the record says, in the order of FIELDS: equal for calls that differ in time only.

    The ids of temporary keys and the names of sessions are left out, where the role is told: each session has others.
    """
    who = record.userIdentity or _NOBODY
    issuer = mfa = None
    if (context := who.sessionContext) is not None:
        if context.sessionIssuer is not None:
            issuer = context.sessionIssuer.arn
        if context.attributes is not None:
            mfa = context.attributes.mfaAuthenticated
            if mfa.__class__ is bool:
                mfa = "true" if mfa else "false"
    key = who.accessKeyId
    if key and key.startswith("ASIA"):
        key = "ASIA"
    named = None
    if record.requestParameters or record.resources:
        named = naming(record.requestParameters, record.resources)
    return (
        record.eventSource,
        record.eventName,
        record.eventType,
        record.awsRegion,
        record.recipientAccountId,
        record.sourceIPAddress,
        record.vpcEndpointId,
        record.userAgent,
        record.errorCode,
        who.type,
        None if issuer else who.arn,
        who.accountId,
        issuer,
        key,
        who.invokedBy,
        mfa,  # type: ignore[return-value]
        named,
    )


def lenient(value: Mapping[Any, Any]) -> Record | None:
    """A record in whatever case and dress: nested values as JSON text or as Athena prints a struct. None if it is none.

    It is a record iff it has an event source and an event name.
    """
    low = {str(name).lower().replace("_", ""): each for name, each in value.items()}
    source, name = _text(low.get("eventsource")), _text(low.get("eventname"))
    if not source or not name:
        return None
    return Record(
        eventTime=_text(low.get("eventtime")),
        eventSource=source,
        eventName=name,
        awsRegion=_text(low.get("awsregion")),
        sourceIPAddress=_text(low.get("sourceipaddress")),
        userAgent=_text(low.get("useragent")),
        errorCode=_text(low.get("errorcode")),
        userIdentity=_identity(_nested(low.get("useridentity"))),
        recipientAccountId=_text(low.get("recipientaccountid")),
        vpcEndpointId=_text(low.get("vpcendpointid")),
        eventType=_text(low.get("eventtype")),
        eventID=_text(low.get("eventid")),
        requestParameters=_nested(low.get("requestparameters")),
        resources=_nested(low.get("resources")),
    )


def _identity(value: object) -> Identity:
    who = _lowered(value)
    context = _lowered(_nested(who.get("sessioncontext")))
    issuer = _lowered(_nested(context.get("sessionissuer")))
    attributes = _lowered(_nested(context.get("attributes")))
    return Identity(
        _text(who.get("type")),
        _text(who.get("arn")),
        _text(who.get("accountid")),
        _text(who.get("accesskeyid")),
        _text(who.get("invokedby")),
        SessionContext(Issuer(_text(issuer.get("arn"))), Attributes(_text(attributes.get("mfaauthenticated")))),
    )


def _lowered(value: object) -> dict[str, object]:
    return {str(name).lower(): each for name, each in value.items()} if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return (value[:_LONGEST] or None) if isinstance(value, str) else None


def _nested(value: object) -> object:
    """The value behind text: JSON, or a struct as Athena prints it, `{type=IAMUser, arn=…}`."""
    if not isinstance(value, str) or not value.strip().startswith(("{", "[")):
        return value if isinstance(value, (dict, list)) else None
    try:
        return msgspec.json.decode(value.encode(errors="replace"))
    except (msgspec.DecodeError, RecursionError):
        return _printed(value)


_PRINTED: Final = re.compile(r"[{}\[\]]|,\s|[^\s={}\[\],]+=|(?:[^{}\[\],]|,(?!\s))+")


def _printed(text: str) -> object:
    """A struct, or a list of them, as Athena prints it; at most six levels deep."""
    root: list[Any] = []
    stack: list[Any] = [root]
    name: str | None = None
    for found in _PRINTED.finditer(text[: 64 * 1024]):
        token = found[0]
        if token in ("{", "["):
            if len(stack) > 6:
                return None
            new: Any = {} if token == "{" else []
            _put(stack[-1], name, new)
            stack.append(new)
            name = None
        elif token in ("}", "]"):
            stack.pop()
            if not stack:
                return None
        elif token.endswith("=") and name is None and isinstance(stack[-1], dict):
            name = token[:-1]
        elif not token.startswith(","):
            _put(stack[-1], name, None if token.strip() == "null" else token.strip())
            name = None
    return root[0] if root else None


def _put(into: dict[str, object] | list[object], name: str | None, value: object) -> None:
    if isinstance(into, list):
        into.append(value)
    elif name is not None:
        into[name] = value
