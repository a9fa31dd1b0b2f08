"""`evaluate`: one request against the policies that apply to it."""

import json
import sys
from collections.abc import Iterator
from typing import IO, NamedTuple, NoReturn

import click

from iamlint.analyse.evaluation import EXPLICITLY_DENIED, Request
from iamlint.analyse.evaluation import evaluate as decide
from iamlint.model import Policy
from iamlint.model.policy import scalar_text
from iamlint.syntax import decode, parse, printable

_NOT_YET = {
    "scps": "service control policies",
    "rcps": "resource control policies",
    "resource_policy": "a policy on the resource",
    "session": "a session policy",
}
"""What a case may carry and no step of the evaluation asks yet."""


class _Case(NamedTuple):
    id: str
    request: Request
    identity: list[Policy]
    boundary: list[Policy]
    unasked: list[str]


@click.command()
@click.option(
    "--jsonl",
    "cases",
    type=click.File("rb"),
    required=True,
    metavar="CASES",
    help="Answer many requests: one JSON object a line, `-` for standard input.",
)
def evaluate(cases: IO[bytes]) -> None:
    """Answer requests as AWS does, with the reason.

    Each line of CASES has `id`, `request` (`principal`, `action`, `resource`, `resource_account`, `context`),
    `identity_policies` (documents) and `boundary` (documents or null); each line of output has `id`, `decision`
    (Allowed, ImplicitlyDenied, ExplicitlyDenied or CannotTell), `reason` and `assumed`.

    Exit status: 0; 2 where a line could not be read, which is named on standard error while the others are answered.
    """
    source = printable(str(getattr(cases, "name", "<stdin>")))
    broken = False
    for number, line in enumerate(cases, start=1):
        if not line.strip():
            continue
        try:
            answer = _answer(_read(line))
        except ValueError as problem:
            broken = True
            click.echo(f"{source}:{number}: {printable(str(problem))}", err=True)
        else:
            click.echo(json.dumps(answer))
    if broken:
        sys.exit(2)


def _answer(case: _Case) -> dict[str, object]:
    decision = decide(case.request, case.identity, case.boundary)
    answer: dict[str, object] = {
        "id": case.id,
        "decision": decision.decision,
        "reason": decision.reason,
        "assumed": decision.assumed,
    }
    # A Deny that matches ends it, whatever else there is.
    if case.unasked and decision.decision != EXPLICITLY_DENIED:
        reason = f"the case has {', '.join(case.unasked)}, which this version does not evaluate"
        answer |= {"decision": "CannotTell", "reason": reason, "assumed": ()}
    return answer


def _read(line: bytes) -> _Case:
    """The case on one line. Raises ValueError (a `SyntaxProblem` is one) with a message for people."""
    text = decode(line).text
    parsed = parse(text)
    if rest := text[parsed.end :].strip():
        raise ValueError(f"more than one value on the line: `{rest[:20]}`")
    case = parsed.value
    if not isinstance(case, dict):
        _wrong("the line", "an object")
    request = case.get("request")
    if not isinstance(request, dict):
        _wrong("`request`", "an object")
    account = request.get("resource_account")
    return _Case(
        id=_string(case, "id"),
        request=Request(
            principal=_string(request, "principal"),
            action=_string(request, "action"),
            resource=_string(request, "resource"),
            resource_account=None if account is None else _string(request, "resource_account"),
            context=dict(_context(request.get("context"))),
        ),
        identity=_policies(case, "identity_policies", "identity"),
        boundary=_policies(case, "boundary", "boundary"),
        unasked=[name for key, name in _NOT_YET.items() if case.get(key) not in (None, [])],
    )


def _wrong(what: str, wanted: str) -> NoReturn:
    raise ValueError(f"{what} is not {wanted}")


def _string(holder: dict[str, object], name: str) -> str:
    value = holder.get(name)
    if not isinstance(value, str):
        _wrong(f"`{name}`", "a string")
    return value


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


def _policies(case: dict[str, object], name: str, kind: str) -> list[Policy]:
    documents = case.get(name)
    if documents is None:
        return []
    if not isinstance(documents, list) or not all(isinstance(document, dict) for document in documents):
        _wrong(f"`{name}`", "a list of policy documents")
    return [Policy(document, kind) for document in documents]
