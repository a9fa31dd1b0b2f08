"""`evaluate --event`: why AWS denied calls, and what would let them through."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Final

import click

from iamlint.cli.asking import Ground, Question, as_json, ground, shown, whence
from iamlint.engine.denied import Addition, Denied, Remedy, denied, remedy
from iamlint.engine.held import Case
from iamlint.load.events import records
from iamlint.load.files import READ_LIMIT
from iamlint.record import NamedTuple
from iamlint.syntax import SyntaxProblem, printable

_MOST: Final = 200
"""Different calls that are explained; a file may hold any number of denials."""
_CHANGING: Final = ("aws:currenttime", "aws:useragent")
_PLACES: Final = {
    "identity": "an identity policy of the principal",
    "boundary": "the permissions boundary",
    "session": "the session policy",
    "resource": "the policy on the resource",
}


class _Told(NamedTuple):
    call: Denied
    times: int
    case: Case
    remedy: Remedy


def explain(question: Question, path: str, output_format: str) -> None:
    """Prints what became of each denied call. Raises ValueError for what cannot be read, with a message for people."""
    calls, problems = _calls(path)
    known = ground(question)
    told: list[_Told] = []
    for call, count in list(calls.values())[:_MOST]:
        try:
            case = known.case(call.request)
            told.append(_Told(call, count, case, remedy(case)))
        except ValueError as problem:
            problems.append(f"{call.time or 'a denied call'}: {problem}")
    if len(calls) > _MOST:
        problems.append(f"{len(calls) - _MOST} more different calls are not explained")
    if output_format == "json":
        click.echo(json.dumps([_as_json(each, known) for each in told], indent=2))
    else:
        for each in told:
            for line in _lines(each, known):
                click.echo(line)
        if not calls and not problems:
            click.echo("no call in this file was denied")
    for text in problems:
        click.echo(f"note: {printable(text, 500)}", err=True)


def _calls(path: str) -> tuple[dict[object, tuple[Denied, int]], list[str]]:
    """The denied calls of a file, equal ones once with their number; and what could not be told of others."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(READ_LIMIT)
        else:
            with open(path, "rb") as file:
                data = file.read(READ_LIMIT)
        found = records(data)
    except OSError as error:
        raise ValueError(f"{path}: cannot read: {error.strerror or error}") from None
    except SyntaxProblem as problem:
        raise ValueError(f"{path}: {problem.message}") from None
    if not found:
        raise ValueError(f"{path}: no CloudTrail records")
    calls: dict[object, tuple[Denied, int]] = {}
    problems: dict[str, int] = {}
    for record in found:
        try:
            call = denied(record)
        except ValueError as problem:
            problems[str(problem)] = problems.get(str(problem), 0) + 1
            continue
        if call is not None:
            same = {key: value for key, value in call.request.context.items() if key not in _CHANGING}
            key = (call.request._replace(context={})[:3], json.dumps(same, sort_keys=True), call.step)
            first, count = calls.get(key, (call, 0))
            calls[key] = first, count + 1
    return calls, [f"{text} ({count} times)" if count > 1 else text for text, count in problems.items()]


def _lines(told: _Told, known: Ground) -> Iterator[str]:
    call, case, remedied = told.call, told.case, told.remedy
    decision, request = case.decide(), case.request
    times = f" ({told.times} times)" if told.times > 1 else ""
    yield f"{shown(call.time)} {shown(request.principal)} {shown(request.action)} {shown(request.resource)}{times}"
    if call.message:
        yield f"  AWS said: {shown(call.message)}"
    if decision.allowed:
        yield f"  by these exports it is allowed: {decision.reason}{whence(case, decision.statement, known.texts)}"
        yield f"  {_elsewhere(call)}"
        return
    yield f"  by these exports: {decision.decision}"
    for blocker in decision.blockers:
        yield f"    {blocker.reason}{whence(case, blocker.statement, known.texts)}"
    if call.step is not None and call.step not in {blocker.step for blocker in decision.blockers}:
        yield f"  {_elsewhere(call)}"
    for blocker in remedied.denials:
        yield f"  no addition overcomes this Deny, narrow it or its condition: {blocker.reason}"
    for addition in remedied.additions:
        yield f"  add to {_place(addition)}: {json.dumps(addition.statement)}"
    if remedied.additions:
        if call.vague:
            yield "  the record does not name the resource: put its ARN in the place of `*`"
        yield f"  with that the answer is {remedied.result.decision}: {remedied.result.reason}"
    for text in (remedied.result if remedied.additions else decision).assumed:
        yield f"  assumed: {text}"


def _elsewhere(call: Denied) -> str:
    names = {"scp": "a service control policy", "rcp": "a resource control policy", "endpoint": "a VPC endpoint policy"}
    kind = names.get(call.step or "", f"a policy of the kind `{call.step}`" if call.step else "a policy")
    return f"what AWS denied it for, {kind}, is not in the exports, or has changed since"


def _place(addition: Addition) -> str:
    if addition.level is not None:
        kind = "service" if addition.step == "scp" else "resource"
        return f"the {kind} control policies of level {addition.level}"
    return _PLACES[addition.step]


def _as_json(told: _Told, known: Ground) -> Mapping[str, object]:
    call, remedied = told.call, told.remedy
    answer = as_json(told.case, told.case.decide(), told.case.keys_not_given(), known.texts)
    return {
        "time": call.time,
        "count": told.times,
        "message": call.message,
        "told": call.step,
        "resource_known": not call.vague,
        **answer,
        "additions": [
            {"step": each.step, "policy": _place(each), "statement": each.statement} for each in remedied.additions
        ],
        "denials": [blocker.reason for blocker in remedied.denials],
        "result": {"decision": remedied.result.decision, "reason": remedied.result.reason},
    }
