"""What a principal may do, as far as escalation goes.

An Allow counts unless its conditions cannot hold: somebody who wants rights can come from the right network, with MFA
and at the right time. A Deny counts only where it holds whatever she does. What is asked and not known (the value of a
variable, of a tag) is read in favour of the attacker.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from iamlint.analyse.arns import arn_pattern
from iamlint.analyse.escalation.entries import FULL, Entry
from iamlint.analyse.escalation.known import Known, of_caller, opened, truth, variables_told
from iamlint.analyse.escalation.methods import ADMINISTRATION, leads_on
from iamlint.analyse.principals import Caller
from iamlint.analyse.resources import FIELDS, completed, is_everything, resource_matches
from iamlint.analyse.wildcards import covers, meets

_NO_ACTIONS: Final[frozenset[str]] = frozenset()
NEW_NAME: Final = "a-name-that-nobody-chose"
"""Of a resource that no policy names."""
NOTHING: Final[Mapping[str, tuple[str, ...]]] = {}


class Limits:
    """What caps a principal: the boundary's statements (None: there is none), those of each level of SCPs."""

    def __init__(self, boundary: tuple[Entry, ...] | None = None, scps: tuple[tuple[Entry, ...], ...] = ()) -> None:
        self.boundary = boundary
        self.scps = scps
        levels = scps if boundary is None else (boundary, *scps)
        self.caps = [_by_action(level, True) for level in levels]
        """What each allows, by action; the boundary's first."""
        self.denying = [entry for level in levels for entry in level if entry.statement.denies]
        self.denials = _by_action(self.denying, False)


class Rights:
    """The statements that apply to one principal, by action. `tags` as `of_caller` has them."""

    def __init__(
        self,
        who: Caller,
        identity: Sequence[Entry],
        limits: Limits,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.who = who
        self.identity = tuple(identity)
        self.limits = limits
        self.tags = tags

    @cached_property
    def _allows(self) -> dict[str, list[Entry]]:
        return _by_action(self.identity, True)

    @cached_property
    def _denies(self) -> dict[str, list[Entry]]:
        return _by_action(self.identity, False)

    def _denials(self, action: str) -> Iterator[Entry]:
        yield from self._denies.get(action, ())
        yield from self.limits.denials.get(action, ())

    @cached_property
    def _named(self) -> frozenset[str]:
        """The actions of all statements that allow."""
        return _NO_ACTIONS.union(*(entry.actions for entry in self.identity if entry.statement.allows))

    def with_(self, identity: Sequence[Entry] = (), limits: Limits | None = None) -> "Rights":
        """The rights of the same principal with more statements, or other limits."""
        return Rights(self.who, (*self.identity, *identity), limits or self.limits, self.tags)

    @cached_property
    def armed(self) -> frozenset[str]:
        """The actions that may be allowed on something: by a statement, within the limits, not denied as a whole.

        None where they make no method.
        """
        if not leads_on(self._named):
            return _NO_ACTIONS
        found = self._named.intersection(*self.limits.caps)
        for entry in (*(entry for entry in self.identity if entry.statement.denies), *self.limits.denying):
            if not found:
                break
            if not entry.actions.isdisjoint(found) and _takes_everything(entry, self._plain):
                found -= entry.actions
        return found

    @property
    def leads_on(self) -> bool:
        """True iff the actions that are allowed can be a step."""
        return bool(self.armed) and leads_on(self.armed)

    def patterns(self, action: str) -> list[str] | None:
        """The resources on which an Allow names the action, in the reading of this principal; None: any."""
        found: list[str] = []
        for entry in self._allows.get(action.lower(), ()):
            statement = entry.statement
            if "NotResource" in statement:
                return None
            texts = (item.text for item in statement.resources)
            found += opened(texts, self._plain, statement.policy.has_variables)
        return None if any(map(is_everything, found)) else found

    @cached_property
    def _values(self) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
        return of_caller(self.who, self.tags)

    @cached_property
    def _plain(self) -> Known:
        return Known(*self._values)

    def _known(self, extra: Mapping[str, tuple[str, ...]], tags: Mapping[str, str] | None) -> Known:
        if not extra and tags is None:
            return self._plain
        values, families = self._values
        values = {**values, **extra}
        if tags is not None:
            for prefix in ("aws:resourcetag/", "iam:resourcetag/"):
                values.update({prefix + name.lower(): (value,) for name, value in tags.items()})
            families = (*families, "aws:resourcetag/", "iam:resourcetag/")
        return Known(values, families)

    def may(
        self,
        action: str,
        resource: str,
        extra: Mapping[str, tuple[str, ...]] = NOTHING,
        tags: Mapping[str, str] | None = None,
    ) -> Entry | None:
        """The statement that allows `action` on the ARN `resource`; None where none does, or a Deny or limit stops it.

        `extra` are keys of the context beside those of the principal, `tags` those of the resource where known.
        """
        action = action.lower()
        if action not in self.armed:
            return None
        allows = self._allows[action]
        known = self._known(extra, tags)
        found = next((entry for entry in allows if _may_match(entry, resource, known)), None)
        if found is None or not self._uncapped(action, resource, known) or self._denied(action, resource, known):
            return None
        return found

    def unhindered(self, action: str, resource: str, within_boundary: bool, tags: Mapping[str, str] | None) -> bool:
        """True iff no Deny and no SCP stops `action`, which a policy on the resource allows by itself.

        `within_boundary`: the boundary must allow it too.
        """
        known = self._known(NOTHING, tags)
        caps = self.limits.caps if within_boundary or self.limits.boundary is None else self.limits.caps[1:]
        return self._within(caps, action.lower(), resource, known) and not self._denied(action.lower(), resource, known)

    def _uncapped(self, action: str, resource: str, known: Known) -> bool:
        return self._within(self.limits.caps, action, resource, known)

    def _within(self, caps: Iterable[Mapping[str, list[Entry]]], action: str, resource: str, known: Known) -> bool:
        return all(any(_may_match(entry, resource, known) for entry in cap.get(action, ())) for cap in caps)

    def _denied(self, action: str, resource: str, known: Known) -> bool:
        return any(_surely_matches(entry, resource, known) for entry in self._denials(action))

    def somewhere(self, action: str, extra: Mapping[str, tuple[str, ...]] = NOTHING) -> Entry | None:
        """The statement that allows `action` on some resource or other; None as for `may`."""
        action = action.lower()
        known = self._known(extra, None)
        service = action.partition(":")[0]
        for entry in self._allows.get(action, ()):
            if truth(entry.statement, known) is False:
                continue
            for pattern in _patterns(entry, known):
                if _is_foreign(pattern, service):
                    continue
                if self._some_left(action, pattern, known):
                    return entry
        return None

    def _some_left(self, action: str, pattern: str, known: Known) -> bool:
        for cap in self.limits.caps:
            within = [entry for entry in cap.get(action, ()) if truth(entry.statement, known) is not False]
            if not any(_meet(pattern, other) for entry in within for other in _patterns(entry, known)):
                return False
        for entry in self._denials(action):
            if truth(entry.statement, known) is True and _all_taken(entry, pattern, known):
                return False
        return True

    def everywhere(self, action: str, rest: str) -> Entry | None:
        """The statement that allows `action` on a resource of whatever name in some region; None as for `may`.

        `rest` is the last field of such a resource's ARN, with a name that nobody chose.
        """
        if rest == "*":
            return self.somewhere(action)
        service = _arn_service(action.partition(":")[0])
        account = self.who.account or ""
        partition = (self.who.arn or "arn:aws").split(":", 2)[1]
        regions = ["us-east-1"]
        for pattern in self.patterns(action) or ():
            fields = completed(pattern).split(":", FIELDS - 1)
            if fields[3] and "*" not in fields[3] and "?" not in fields[3]:
                regions.append(fields[3])
        for region in dict.fromkeys(regions):
            found = self.may(action, f"arn:{partition}:{service}:{region}:{account}:{rest}")
            if found is not None:
                return found
        return None

    @cached_property
    def administers(self) -> Entry | None:
        """A statement by which everything is allowed on everything; None where that is not so."""
        if not all(action.lower() in self.armed for action in ADMINISTRATION):
            return None
        first: Entry | None = None
        for action in ADMINISTRATION:
            found = self.may(action, _anything(action, self.who))
            if found is None:
                return None
            first = first or found
        return first


def capped(rights: Rights) -> bool:
    """True iff limits and Denies would stop nothing that matters, were everything allowed."""
    return rights.with_(FULL).administers is not None


def _anything(action: str, who: Caller) -> str:
    """A resource that no policy names."""
    partition = (who.arn or "arn:aws").split(":", 2)[1]
    service, _, name = action.partition(":")
    kind = "policy" if "PolicyVersion" in name else "user" if "User" in name or "Key" in name else "role"
    service = "iam" if service in ("iam", "sts") else service
    return f"arn:{partition}:{service}::{who.account}:{kind}/{NEW_NAME}"


def _by_action(entries: Iterable[Entry], allow: bool) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.statement.allows if allow else entry.statement.denies:
            for action in entry.actions:
                found.setdefault(action, []).append(entry)
    return found


def _may_match(entry: Entry, resource: str, known: Known) -> bool:
    statement = entry.statement
    if truth(statement, known) is False:
        return False
    has_variables = statement.policy.has_variables
    if "NotResource" in statement:
        # What an unknown variable spares is not surely spared.
        texts = [item.text for item in statement.not_resources]
        sure = [text for text in texts if not has_variables or variables_told(text, known)]
        return not any(resource_matches(text, resource) for text in opened(sure, known, has_variables))
    texts = [item.text for item in statement.resources]
    return any(resource_matches(text, resource) for text in opened(texts, known, has_variables))


def _surely_matches(entry: Entry, resource: str, known: Known) -> bool:
    statement = entry.statement
    if truth(statement, known) is not True:
        return False
    variables = known.context if statement.policy.has_variables else None
    if "NotResource" in statement:
        texts = [item.text for item in statement.not_resources]
        if variables is not None and not all(variables_told(text, known) for text in texts):
            return False
        return not any(resource_matches(text, resource, variables) for text in texts)
    return any(
        resource_matches(item.text, resource, variables)
        for item in statement.resources
        if variables is None or variables_told(item.text, known)
    )


def _takes_everything(entry: Entry, known: Known) -> bool:
    return any(is_everything(item.text) for item in entry.statement.resources) and truth(entry.statement, known) is True


def _patterns(entry: Entry, known: Known) -> list[str]:
    if "NotResource" in entry.statement:
        return ["*"]
    texts = (item.text for item in entry.statement.resources)
    return opened(texts, known, entry.statement.policy.has_variables)


def _all_taken(entry: Entry, pattern: str, known: Known) -> bool:
    """True iff a Deny takes every resource that the pattern matches."""
    if "NotResource" in entry.statement:
        spared = [item.text for item in entry.statement.not_resources]
        return not any(_meet(text, pattern) for text in opened(spared, known, entry.statement.policy.has_variables))
    texts = [item.text for item in entry.statement.resources if "${" not in item.text]
    return any(is_everything(text) or _cover(text, pattern) for text in texts)


def _fields(pattern: str) -> list[str]:
    return completed(pattern).split(":", FIELDS - 1)


def _meet(one: str, two: str) -> bool:
    return is_everything(one) or is_everything(two) or all(map(meets, _fields(one), _fields(two)))


def _cover(one: str, two: str) -> bool:
    return not is_everything(two) and all(map(covers, _fields(one), _fields(two)))


def _arn_service(prefix: str) -> str:
    return {"ec2-instance-connect": "ec2", "ssm": "ec2"}.get(prefix, prefix)


def _is_foreign(pattern: str, service: str) -> bool:
    """True where the pattern can only be an ARN of another service than the action's."""
    if is_everything(pattern):
        return False
    arn = arn_pattern(completed(pattern))
    return arn is not None and not meets(arn.service, _arn_service(service)) and not meets(arn.service, service)
