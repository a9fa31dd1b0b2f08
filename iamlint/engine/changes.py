"""What changed between two sets of policies: each policy, and each principal of an account, before and after.

Policies belong together by the path of their file, below the folder that was named, and by their ARN, name or place in
it; two single policies do whatever they are called. Of accounts, what a principal may do is compared: all policies that
apply to it, within its permissions boundary; and who may assume a role.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from iamlint.analyse.decide.assumptions import USUAL
from iamlint.analyse.decide.clauses import WITH_PRINCIPALS
from iamlint.analyse.decide.compare import Comparison, compare
from iamlint.analyse.decide.naming import recognisable
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.request import Request
from iamlint.load import Event, LoadedFile, PolicyDocument
from iamlint.model import Policy
from iamlint.model.account import Account, PolicyText, Principal, Role
from iamlint.model.fact import Fact, Unknown
from iamlint.model.spot import Spot
from iamlint.record import NamedTuple

SAME: Final = Comparison("no-new-access")


class Options(NamedTuple):
    """How to compare; see `iamlint.analyse.compare`."""

    known_actions: bool = False
    across_colons: bool = False
    assume: frozenset[str] = USUAL


class Change(NamedTuple):
    """One policy or principal, before and after.

    `subject` is what it is: `policy`, `user`, `role`, `trust policy of role`; `name` tells which. `status` is
    `changed`, `added` or `removed`. `gained` compares the new one with the old one, `lost` the other way round.
    `place` is where what was gained is granted, in the new files: the statement, else the principal.
    """

    subject: str
    name: str
    status: str
    gained: Comparison
    lost: Comparison
    place: tuple[str, Spot] | None = None


class _Grants(NamedTuple):
    """What one side grants: policies, and a boundary around them."""

    policies: tuple[Policy, ...]
    boundary: tuple[Policy, ...] | None = None

    def allow(self, request: Request, across_colons: bool) -> bool:
        layers = (self.policies,) if self.boundary is None else (self.policies, self.boundary)
        return all(allows(layer, request, across_colons) for layer in layers)


class Side:
    """One of the two: what was loaded from `top`, a file or folder."""

    def __init__(self, events: Iterable[Event], top: str = "") -> None:
        self.documents: dict[tuple[str, str], tuple[str, PolicyDocument]] = {}
        self.files: list[LoadedFile] = []
        self.texts: dict[str, str] = {}
        self.errors: list[tuple[str, str]] = []
        """Paths and messages."""
        self.accounts: Mapping[str, Account] = {}
        exports = []
        for event in events:
            if not isinstance(event, LoadedFile):
                if not hasattr(event, "reason"):
                    self.errors.append((event.path, getattr(event, "message", "")))
                continue
            self.files.append(event)
            self.texts[event.path] = event.text or ""
            self.errors += [(event.path, problem.message) for problem in event.problems]
            if event.export is not None:
                exports.append(event.export)
            for document in event.documents:
                place = document.arn or document.name or document.document_pointer
                self.documents.setdefault((_below(event.path, top), place), (event.path, document))
        if exports:
            from iamlint.load.account import join

            self.accounts = {account.id: account for account in join(exports).accounts}


def _below(path: str, top: str) -> str:
    relative = os.path.relpath(path, top) if top and os.path.isabs(path) == os.path.isabs(top) else path
    return relative.replace(os.sep, "/")


def changes(old: Side, new: Side, options: Options) -> Iterator[Change]:
    """The policies and principals of both sides, without those that are the same on both."""
    asked = _Asked(options)
    yield from _policies(old, new, asked)
    for id_ in dict.fromkeys((*new.accounts, *old.accounts)):
        yield from _principals(old.accounts.get(id_), new.accounts.get(id_), asked)


def _policies(old: Side, new: Side, asked: "_Asked") -> Iterator[Change]:
    before, after = dict(old.documents), dict(new.documents)
    if len(before) == len(after) == 1 and not old.accounts and not new.accounts:
        before = dict(zip(after, before.values(), strict=True))
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        found = now or was
        if found is None or (was and now and was[1].text_key == now[1].text_key and was[1].kind == now[1].kind):
            continue
        one, two = (None if side is None else side[1] for side in (was, now))
        gained, lost = asked.both(*_as_grants(one, two))
        place = key[1] if len(new.documents) > 1 or len(old.documents) > 1 else ""
        name = f"{found[0]} {place}".strip() if place and place != found[0] else found[0]
        status = "added" if was is None else "removed" if now is None else "changed"
        yield Change("policy", name, status, gained, lost, _place(now, gained) if now else None)


def _place(found: tuple[str, PolicyDocument], gained: Comparison) -> tuple[str, Spot] | None:
    """The statement that allows the request which shows a gain; the whole document where none does alone."""
    file, document = found
    if gained.witness is None:
        return None
    policy = Policy(document.value, document.kind)
    for statement in policy.statements:
        alone = Policy({"Version": policy.version, "Statement": statement.value}, policy.kind)
        if statement.allows and allows((alone,), gained.witness):
            return file, Spot(document, statement.path)
    return file, Spot(document)


def _as_grants(one: PolicyDocument | None, two: PolicyDocument | None) -> tuple[_Grants, _Grants]:
    """Both documents; an absent one, or one without statements, is of the other one's kind and grants nothing."""
    kinds = [None if side is None or not Policy(side.value, "").statements else side.kind for side in (one, two)]
    kind = kinds[1] or kinds[0] or "identity"
    first, second = (
        (Policy(side.value if side is not None else {}, own or kind),)
        for side, own in zip((one, two), kinds, strict=True)
    )
    return _Grants(first), _Grants(second)


def _principals(old: Account | None, new: Account | None, asked: "_Asked") -> Iterator[Change]:
    before = {p.arn: p for p in (*old.users, *old.roles)} if old is not None else {}
    after = {p.arn: p for p in (*new.users, *new.roles)} if new is not None else {}
    for arn in dict.fromkeys((*after, *before)):
        was, now = before.get(arn), after.get(arn)
        principal = now or was
        if principal is None:
            continue
        status = "added" if was is None else "removed" if now is None else "changed"
        found = asked.facts(_granted(old, was), _granted(new, now))
        if found is not None:
            yield Change(principal.kind, arn, status, *found, _spot(now))
        if isinstance(principal, Role):
            found = asked.facts(_trusted(was), _trusted(now), about=arn)
            if found is not None:
                yield Change("trust policy of role", arn, status, *found, _spot(now))


def _spot(principal: Principal | None) -> tuple[str, Spot] | None:
    return None if principal is None else (principal.spot.source.file, principal.spot)


def _granted(account: Account | None, principal: Principal | None) -> Fact[_Grants]:
    """What a principal may do by its policies; nothing where there is no such principal."""
    if account is None or principal is None:
        return _Grants(())
    documents = account.documents(principal)
    if isinstance(documents, Unknown):
        return documents
    policies = tuple(text.policy for text in documents)
    if isinstance(principal.boundary, Unknown):
        return principal.boundary
    if principal.boundary is None:
        return _Grants(policies)
    boundary = account.document_of(principal.boundary)
    return boundary if isinstance(boundary, Unknown) else _Grants(policies, (boundary.policy,))


def _trusted(role: Principal | None) -> Fact[_Grants]:
    if not isinstance(role, Role):
        return _Grants((Policy({}, "trust"),))
    trust: Fact[PolicyText] = role.trust
    return trust if isinstance(trust, Unknown) else _Grants((trust.policy,))


class _Asked:
    """Compares; equal questions once."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._known: dict[object, tuple[Comparison, Comparison]] = {}
        self._texts: dict[int, tuple[Policy, str]] = {}

    def facts(
        self, old: Fact[_Grants], new: Fact[_Grants], about: str | None = None
    ) -> tuple[Comparison, Comparison] | None:
        """What was gained and lost; None where nothing was changed.

        `about` is the resource that the policies are attached to.
        """
        for side in (old, new):
            if isinstance(side, Unknown):
                needs = " or ".join(side.needs)
                unknown = Comparison("cannot-tell", reason=f"not all of its policies are known (needs {needs})")
                return unknown, unknown
        if isinstance(old, Unknown) or isinstance(new, Unknown) or self._key(old) == self._key(new):
            return None
        return self.both(old, new, about)

    def both(self, old: _Grants, new: _Grants, about: str | None = None) -> tuple[Comparison, Comparison]:
        """What was gained and what was lost."""
        key = self._key(old), self._key(new), about
        if key not in self._known:
            self._known[key] = self._compared(old, new, about), self._compared(new, old, about)
        return self._known[key]

    def _key(self, side: _Grants) -> object:
        """Equal for sides of equal policies."""
        bounds = None if side.boundary is None else tuple(sorted(map(self._text, side.boundary)))
        return tuple(sorted(map(self._text, side.policies))), bounds

    def _text(self, policy: Policy) -> str:
        known = self._texts.get(id(policy))
        if known is None:  # the policy is kept with its text, so that no other one gets its id
            known = self._texts[id(policy)] = policy, f"{policy.kind} {json.dumps(policy.value)}"
        return known[1]

    def _compared(self, old: _Grants, new: _Grants, about: str | None) -> Comparison:
        kinds = {policy.kind in WITH_PRINCIPALS for side in (old, new) for policy in side.policies}
        if len(kinds) > 1:
            return Comparison("cannot-tell", reason="one of the two names principals, and the other one does not")
        options = self._options
        found = compare(
            old.policies,
            new.policies,
            old_boundary=old.boundary,
            new_boundary=new.boundary,
            known_actions=options.known_actions,
            across_colons=options.across_colons,
            assume=options.assume,
        )
        if found.witness is None:
            return found
        across = options.across_colons

        def shows(request: Request) -> bool:
            return new.allow(request, across) and not old.allow(request, across)

        others = (*old.policies, *(old.boundary or ()), *(new.boundary or ()))
        named = recognisable(found.witness, new.policies, others, shows)
        if about is not None and shows(named._replace(resource=about)):
            named = named._replace(resource=about)
        return found._replace(witness=named)
