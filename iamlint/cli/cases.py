"""`evaluate --jsonl`: requests with all policies that apply to them, one on a line."""

from collections.abc import Iterator
from typing import IO, NoReturn

from iamlint.analyse.evaluation import Decision, Request, evaluate
from iamlint.cli.lines import answer_lines
from iamlint.model import Policy
from iamlint.model.policy import scalar_text
from iamlint.record import NamedTuple


class _Case(NamedTuple):
    id: str
    request: Request
    identity: list[Policy] | None
    boundary: list[Policy] | None
    scps: list[list[Policy]] | None
    rcps: list[list[Policy]] | None
    resource_policy: list[Policy] | None
    session: list[Policy] | None
    management_account: str | None

    def decision(self) -> Decision:
        """Raises ValueError where the request is none."""
        return evaluate(
            self.request,
            self.identity,
            self.boundary,
            scps=self.scps,
            rcps=self.rcps,
            resource_policy=self.resource_policy,
            session=self.session,
            management_account=self.management_account,
        )


def answer_cases(cases: IO[bytes]) -> None:
    """Prints the answer to each line of `cases`; exits with 2 where one could not be read."""
    answer_lines(cases, _answer)


def _answer(told: dict[str, object]) -> dict[str, object]:
    case = _read(told)
    decision = case.decision()
    return {
        "id": case.id,
        "decision": decision.decision,
        "reason": decision.reason,
        "blockers": [{"step": blocker.step, "reason": blocker.reason} for blocker in decision.blockers],
        "assumed": decision.assumed,
    }


def _read(case: dict[str, object]) -> _Case:
    """The case of a line. Raises ValueError with a message for people."""
    request = case.get("request")
    if not isinstance(request, dict):
        _wrong("`request`", "an object")
    return _Case(
        id=_string(case, "id"),
        request=Request(
            principal=_string(request, "principal"),
            action=_string(request, "action"),
            resource=_string(request, "resource"),
            resource_account=_optional(request, "resource_account"),
            context=dict(_context(request.get("context"))),
        ),
        identity=_policies(case, "identity_policies", "identity"),
        boundary=_policies(case, "boundary", "boundary"),
        scps=_levels(case, "scps", "scp"),
        rcps=_levels(case, "rcps", "rcp"),
        resource_policy=_policy(case, "resource_policy", "resource"),
        session=_policy(case, "session", "session"),
        management_account=_optional(case, "management_account"),
    )


def _wrong(what: str, wanted: str) -> NoReturn:
    raise ValueError(f"{what} is not {wanted}")


def _string(holder: dict[str, object], name: str) -> str:
    value = holder.get(name)
    if not isinstance(value, str):
        _wrong(f"`{name}`", "a string")
    return value


def _optional(holder: dict[str, object], name: str) -> str | None:
    return None if holder.get(name) is None else _string(holder, name)


def _context(value: object) -> Iterator[tuple[str, str | list[str]]]:
    if value is None:
        return
    if not isinstance(value, dict):
        _wrong("`context`", "an object")
    for key, given in value.items():
        entries = given if isinstance(given, list) else [given]
        texts = [text for entry in entries if (text := scalar_text(entry)) is not None]
        if len(texts) != len(entries):
            _wrong(f"the context key `{key}`", "a value or a list of values")
        yield key, texts if isinstance(given, list) else texts[0]


def _documents(documents: object, name: str, kind: str) -> list[Policy]:
    if not isinstance(documents, list) or not all(isinstance(document, dict) for document in documents):
        _wrong(f"`{name}`", "a list of policy documents")
    return [Policy(document, kind) for document in documents]


def _policies(case: dict[str, object], name: str, kind: str) -> list[Policy] | None:
    """A list of documents; null: there are none. A field that is absent is not known."""
    if name not in case:
        return None
    return _documents(case[name] if case[name] is not None else [], name, kind)


def _levels(case: dict[str, object], name: str, kind: str) -> list[list[Policy]] | None:
    if name not in case:
        return None
    levels = case[name] if case[name] is not None else []
    if not isinstance(levels, list):
        _wrong(f"`{name}`", "a list of levels, each a list of policy documents")
    return [_documents(level, name, kind) for level in levels]


def _policy(case: dict[str, object], name: str, kind: str) -> list[Policy] | None:
    """One document; null: there is none. A field that is absent is not known."""
    if name not in case:
        return None
    document = case[name]
    if document is not None and not isinstance(document, dict):
        _wrong(f"`{name}`", "a policy document")
    return [] if document is None else [Policy(document, kind)]
