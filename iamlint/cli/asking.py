"""`evaluate SNAPSHOT`: one request, or all actions of a pattern, by somebody of an exported account."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Final

import click

from iamlint.analyse.request import ALLOWED, CANNOT_TELL, Blocker, Decision, Policies, Request
from iamlint.config import Settings
from iamlint.engine.held import Case, Source, case_of
from iamlint.finding import RunError
from iamlint.load import LoadedFile, Loader
from iamlint.model import Policy, Spot, Statement
from iamlint.model.account import Account
from iamlint.record import NamedTuple
from iamlint.syntax import Lines, printable

_MOST_WORK: Final = 20_000_000
"""Actions asked for times entries of the policies; a minute or so."""
_MOST_KEYS: Final = 20
_TITLES: Final = {
    "scp": "service control policy",
    "rcp": "resource control policy",
    "resource": "policy on the resource",
    "session": "session policy",
}


class Question(NamedTuple):
    """What the command line asks; of `context` each entry is `key=value`, repeated keys have several values."""

    paths: Sequence[str]
    principal: str
    action: str
    resource: str | None
    resource_account: str | None
    context: Sequence[str]
    scps: Sequence[str]
    rcps: Sequence[str]
    resource_policy: str | None
    session_policy: str | None
    management_account: str | None


class Ground(NamedTuple):
    """What was read: accounts, policies that the command line gave, where those stand, and the texts of all files."""

    accounts: Sequence[Account]
    given: Policies
    read: Mapping[int, Source]
    texts: Mapping[str, str]

    def case(self, request: Request) -> Case:
        """The request with what applies to it. Raises ValueError as `case_of` does."""
        case = case_of(self.accounts, request, self.given)
        return case._replace(sources={**self.read, **case.sources})


def ground(question: Question) -> Ground:
    """Reads what the command line names. Raises ValueError for what cannot be read, with a message for people."""
    texts: dict[str, str] = {}
    accounts = _accounts(question.paths, texts)
    read: dict[int, Source] = {}
    given = Policies(
        scps=_levels(question.scps, "scp", texts, read),
        rcps=_levels(question.rcps, "rcp", texts, read),
        resource=_files(question.resource_policy, "resource", texts, read),
        session=_files(question.session_policy, "session", texts, read),
        management_account=question.management_account,
    )
    return Ground(accounts, given, read, texts)


def answer(question: Question, output_format: str) -> None:
    """Prints the answer. Raises ValueError for what cannot be asked, with a message for people."""
    known = ground(question)
    request = Request(
        question.principal,
        question.action,
        question.resource or "*",
        question.resource_account,
        _context(question.context),
    )
    case = known.case(request)
    if "*" in question.action or "?" in question.action:
        _list(case, question.action, question.resource, output_format)
    else:
        _tell(case, known.texts, output_format)


def _accounts(paths: Sequence[str], texts: dict[str, str]) -> Sequence[Account]:
    from iamlint.load.account import join

    exports = []
    loader = Loader(Settings(root=os.getcwd()))
    for event in loader.load(paths):
        if isinstance(event, RunError):
            raise ValueError(f"{event.path}: {event.message}")
        if isinstance(event, LoadedFile) and event.export is not None:
            exports.append(event.export)
            texts[event.path] = event.text or ""
    if not exports:
        raise ValueError(f"no export of an account in {', '.join(paths)}")
    return join(exports).accounts


def _levels(
    paths: Sequence[str], kind: str, texts: dict[str, str], sources: dict[int, Source]
) -> list[Sequence[Policy]] | None:
    """A level for each file; None where none is named, for there may be some."""
    return [_files(path, kind, texts, sources) or () for path in paths] or None


def _files(path: str | None, kind: str, texts: dict[str, str], sources: dict[int, Source]) -> Sequence[Policy] | None:
    """The policies in a file, read as of that kind."""
    if path is None:
        return None
    policies = []
    for event in Loader(Settings(root=os.getcwd()), kind=kind).load([path]):
        if isinstance(event, RunError):
            raise ValueError(f"{event.path}: {event.message}")
        if not isinstance(event, LoadedFile):
            continue
        if event.problems:
            raise ValueError(f"{event.path}: {event.problems[0].message}")
        texts[event.path] = event.text or ""
        for document in event.documents:
            policy = Policy(document.value, kind)
            policies.append(policy)
            name = f" {document.name}" if document.name else ""
            sources[id(policy)] = Source(f"{_TITLES[kind]}{name}", Spot(document), event.path)
    if not policies:
        raise ValueError(f"{path}: no policy document")
    return policies


def _context(entries: Sequence[str]) -> dict[str, list[str]]:
    context: dict[str, list[str]] = {}
    for entry in entries:
        key, equals, value = entry.partition("=")
        if not equals or not key:
            raise ValueError(f"--context wants key=value, not {printable(entry, 80)}")
        context.setdefault(key.lower(), []).append(value)
    return context


def _tell(case: Case, texts: Mapping[str, str], output_format: str) -> None:
    decision = case.decide()
    missing = case.keys_not_given()
    if output_format == "json":
        click.echo(json.dumps(as_json(case, decision, missing, texts), indent=2))
        return
    request = case.request
    click.echo(f"{decision.decision}: {shown(request.principal)} {shown(request.action)} {shown(request.resource)}")
    if not decision.blockers:
        click.echo(f"  {decision.reason}{whence(case, decision.statement, texts)}")
    for blocker in decision.blockers:
        click.echo(f"  {blocker.reason}{whence(case, blocker.statement, texts)}")
    _echo_assumed(decision.assumed, missing)


def _echo_assumed(assumed: Sequence[str], missing: Sequence[str]) -> None:
    for text in assumed:
        click.echo(f"  assumed: {text}")
    if missing:
        names = ", ".join(shown(name) for name in missing[:_MOST_KEYS])
        more = f" and {len(missing) - _MOST_KEYS} more" if len(missing) > _MOST_KEYS else ""
        click.echo(f"  assumed: the request does not hold {names}{more} (--context KEY=VALUE)")


def whence(case: Case, statement: Statement | None, texts: Mapping[str, str]) -> str:
    """Where the statement stands, to be read after what is said of it."""
    source = case.sources.get(id(statement.policy)) if statement is not None else None
    if statement is None or source is None:
        return ""
    return f" ({shown(source.title)}, {shown(source.file)}:{_line(source, statement, texts)})"


def _line(source: Source, statement: Statement, texts: Mapping[str, str]) -> int:
    start = source.spot.source.span((*source.spot.path, *statement.path)).start
    return Lines(texts.get(source.file, "")).position(start)[0]


def as_json(case: Case, decision: Decision, missing: Sequence[str], texts: Mapping[str, str]) -> dict[str, object]:
    """The answer as JSON values."""

    def told(statement: Statement | None) -> dict[str, object] | None:
        source = case.sources.get(id(statement.policy)) if statement is not None else None
        if statement is None or source is None:
            return None
        pointer = "/".join(("", *map(str, statement.path)))
        line = _line(source, statement, texts)
        return {"policy": source.title, "path": source.file, "line": line, "pointer": pointer, "sid": statement.sid}

    def blocked(blocker: Blocker) -> dict[str, object]:
        return {"step": blocker.step, "reason": blocker.reason, "statement": told(blocker.statement)}

    return {
        "request": case.request._asdict(),
        "decision": decision.decision,
        "reason": decision.reason,
        "statement": told(decision.statement),
        "blockers": [blocked(blocker) for blocker in decision.blockers],
        "assumed": decision.assumed,
        "keys_not_given": missing,
    }


def _list(case: Case, pattern: str, resource: str | None, output_format: str) -> None:
    """The actions of the pattern that are allowed, each with the resource that it was asked for."""
    asked = _asked(pattern, resource)
    entries = 1 + sum(map(_entries, case.known))
    if len(asked) * entries > _MOST_WORK:
        raise ValueError(
            f"{len(asked)} actions of {printable(pattern, 80)} are too many for these policies; name fewer"
        )
    allowed: list[tuple[str, str]] = []
    unclear: list[tuple[str, str]] = []
    assumed: dict[str, None] = {}
    missing: dict[str, str] = {}
    for action, named in asked:
        missing |= {name.lower(): name for name in case.keys_not_given(action, named)}
        decision = case.decide(action, named)
        if decision.decision in (ALLOWED, CANNOT_TELL):
            (allowed if decision.allowed else unclear).append((action, named))
            assumed.update(dict.fromkeys(decision.assumed))
    if output_format == "json":
        result = {
            "request": case.request._asdict(),
            "allowed": [{"action": action, "resource": named} for action, named in allowed],
            "cannot_tell": [{"action": action, "resource": named} for action, named in unclear],
            "asked": len(asked),
            "assumed": list(assumed),
            "keys_not_given": list(missing.values()),
        }
        click.echo(json.dumps(result, indent=2))
        return
    for title, found in (("may", allowed), ("may or may not", unclear)):
        for action, named in found:
            click.echo(f"{shown(case.request.principal)} {title} {action} {shown(named)}")
    unknown = f", {len(unclear)} cannot be told" if unclear else ""
    click.echo(f"{len(allowed)} of {len(asked)} actions of {shown(pattern)} are allowed{unknown}")
    if resource is None:
        click.echo("  asked for resource `*`: statements on single resources do not count (--resource ARN)")
    _echo_assumed(list(assumed), list(missing.values()))


def _asked(pattern: str, resource: str | None) -> list[tuple[str, str]]:
    """The known actions of the pattern that can be about the resource, each with it or `*`.

    Raises ValueError where AWS lists none of that pattern.
    """
    from iamlint.analyse.formats import fitting_types
    from iamlint.aws.catalogue import catalogue

    actions = catalogue().expand(pattern)
    if not actions:
        raise ValueError(f"AWS lists no action of the form {printable(pattern, 80)}")
    if resource is None or resource == "*":
        return [(action.qualified, "*") for action in actions]
    fitting: dict[str, frozenset[str]] = {}
    found = []
    for action in actions:
        if not action.scopable:
            found.append((action.qualified, "*"))
            continue
        if action.service not in fitting:
            fitting[action.service] = fitting_types(action.service, resource)
        if any(name.lower() in fitting[action.service] for name in action.resource_types):
            found.append((action.qualified, resource))
    return found


def _entries(policy: Policy) -> int:
    return sum(
        1
        + len(statement.actions)
        + len(statement.not_actions)
        + len(statement.resources)
        + len(statement.not_resources)
        for statement in policy.statements
    )


def shown(text: str) -> str:
    """`text` for a terminal."""
    return printable(text, 300)
