"""What a comparison found, for people, programs, pull requests and code scanning."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TextIO

from iamlint.analyse.decide.assumptions import ASSUMPTIONS
from iamlint.analyse.decide.compare import Comparison
from iamlint.analyse.decide.replay import PRINCIPAL
from iamlint.analyse.request import Request
from iamlint.engine.changes import Change
from iamlint.record import NamedTuple
from iamlint.report.markdown import escaped
from iamlint.report.wording import many, shown

if TYPE_CHECKING:
    from iamlint.finding import Finding

FORMATS: Final = ("text", "json", "sarif", "markdown")


class Result(NamedTuple):
    """All that is told. `is_single`: two policies were compared, so that one verdict says it all."""

    changes: Sequence[Change]
    errors: Sequence[tuple[str, str]] = ()
    """Paths and messages of what could not be read."""
    texts: Mapping[str, str] = {}
    """Text of each new file."""
    is_single: bool = False

    @property
    def overall(self) -> Comparison:
        """The first gain, else the first that cannot be told, else that there is none, with all that is assumed."""
        for verdict in ("new-access", "cannot-tell"):
            for change in self.changes:
                if change.gained.verdict == verdict:
                    return change.gained
        if self.errors:
            return Comparison("cannot-tell", reason="not all could be read")
        assumed = dict.fromkeys(name for change in self.changes for name in change.gained.assumes)
        return Comparison("no-new-access", assumes=tuple(name for name in ASSUMPTIONS if name in assumed))


def write_text(result: Result, out: TextIO) -> None:
    """Lines for people."""
    for change in result.changes:
        title = shown(f"{change.subject} {change.name}" if change.subject != "policy" else change.name)
        for comparison, verb in ((change.gained, "grants"), (change.lost, "no longer grants")):
            if comparison.verdict == "cannot-tell":
                what = "more" if verb == "grants" else "less"
                out.write(f"{title}: cannot tell whether it grants {what}: {shown(comparison.reason or '')}\n")
            elif comparison.witness is not None:
                out.write(f"{title} {verb} what it did not:\n" if verb == "grants" else f"{title} {verb}:\n")
                out.writelines(f"  {line}\n" for line in request_lines(comparison.witness))
    for path, message in result.errors:
        out.write(f"{shown(path)}: error: {shown(message)}\n")
    out.write(f"{_summary(result)}\n")
    out.writelines(f"  assumed: {ASSUMPTIONS[name]}\n" for name in result.overall.assumes)


def _summary(result: Result) -> str:
    overall = result.overall
    if result.is_single:
        return {
            "new-access": "new access",
            "no-new-access": "no new access: the new policy grants nothing that the old one does not",
            "cannot-tell": "cannot tell",
        }[overall.verdict]
    if not result.changes and not result.errors:
        return "no new access: nothing was changed"
    gaining = sum(change.gained.verdict == "new-access" for change in result.changes)
    unknown = sum(change.gained.verdict == "cannot-tell" for change in result.changes)
    line = f"{many(len(result.changes), 'change')}, {gaining:,} with new access"
    return f"{line}, {unknown:,} cannot be told" if unknown else line


def request_lines(request: Request) -> list[str]:
    """A request for people: what, on what, by whom, in which circumstances."""
    lines = [f"{shown(request.action)} on {shown(request.resource)}"]
    if request.principal != PRINCIPAL:
        lines[0] += f" by {shown(request.principal)}"
    for key, values in request.context.items():
        if not values:
            lines.append(f"without {shown(key)}")
        elif isinstance(values, str):
            lines.append(f"with {shown(key)} = {shown(values)}")
        else:
            lines.append(f"with {shown(key)} = {' and '.join(map(shown, values))}")
    return lines


def write_markdown(result: Result, out: TextIO) -> None:
    """A table for a pull request: who gains and who loses what."""
    out.write(f"### iamlint compare\n\n{escaped(_summary(result))}\n")
    rows = [
        (change, verb, comparison)
        for change in result.changes
        for comparison, verb in ((change.gained, "gains"), (change.lost, "loses"))
        if comparison.verdict != "no-new-access"
    ]
    if rows:
        out.write("\n| Policy or principal | Access | For example |\n| --- | --- | --- |\n")
    for change, verb, comparison in rows:
        what = "; ".join(request_lines(comparison.witness)) if comparison.witness else comparison.reason or ""
        access = verb if comparison.witness else f"cannot tell whether it {verb}"
        cells = (f"{change.subject} {change.name}", access, what)
        out.write(f"| {' | '.join(map(escaped, cells))} |\n")
    rest = [f"{path}: {message}" for path, message in result.errors]
    rest += [f"assumed: {ASSUMPTIONS[name]}" for name in result.overall.assumes]
    if rest:
        out.write("\n")
        out.writelines(f"- {escaped(line)}\n" for line in rest)


def write_json(result: Result, out: TextIO) -> None:
    """The overall verdict; with `changes`, one entry for each policy or principal, and `errors` unless it is a pair."""
    told = as_json(result.overall)
    if not result.is_single:
        told["changes"] = [
            {
                "subject": change.subject,
                "name": change.name,
                "status": change.status,
                **as_json(change.gained),
                "lost": as_json(change.lost),
            }
            for change in result.changes
        ]
        told["errors"] = [{"path": path, "message": message} for path, message in result.errors]
    out.write(json.dumps(told, indent=2) + "\n")


def as_json(comparison: Comparison) -> dict[str, object]:
    """`verdict`, `witness`, `reason` and `assumes`."""
    return {
        "verdict": comparison.verdict,
        "witness": None if comparison.witness is None else request_values(comparison.witness),
        "reason": comparison.reason,
        "assumes": list(comparison.assumes),
    }


def request_values(request: Request) -> Mapping[str, object]:
    """The request as `evaluate --jsonl` takes it; a key that has to be absent has an empty list."""
    context = {key: value if isinstance(value, str) else list(value) for key, value in request.context.items()}
    return {**request._asdict(), "context": context}


_RULE: Final = "new-access"


def write_sarif(result: Result, out: TextIO, root: str | None) -> None:
    """Each gain as a result at the statement that grants it, else at the principal."""
    from iamlint.finding import Report, RunError
    from iamlint.report import Options, RuleInfo
    from iamlint.report.sarif import log, walk

    info = RuleInfo(
        _RULE,
        None,
        "security-warning",
        security_severity=7.0,
        summary="A change grants access that was not granted before.",
        why="Access that nobody asked for is easily granted with a wildcard more or a condition less. The message "
        "shows a request that the new policy allows and the old one does not.",
        fix="Grant only what is needed, or accept the change knowingly.",
    )
    findings = [finding for change in result.changes if (finding := _finding(change, result.texts)) is not None]
    report = Report(
        tuple(findings),
        {},
        errors=tuple(RunError("input", path, message) for path, message in result.errors),
        texts=result.texts,
    )
    found = log(report, Options(root=root, rules=lambda: {_RULE: info}))
    for rule in found.runs[0].tool.driver.rules:
        rule.help = None  # tells how to accept a finding of `check`
    out.write(json.dumps(walk(found), indent=1) + "\n")


def _finding(change: Change, texts: Mapping[str, str]) -> "Finding | None":
    from iamlint.finding import Finding, Region, Severity
    from iamlint.syntax import Lines, pointer

    request = change.gained.witness
    if request is None or change.place is None:
        return None
    path, spot = change.place
    span = spot.source.span(spot.path)
    place = pointer(spot.path)
    subject = "" if change.subject == "policy" else f"{change.subject} {change.name}: "
    return Finding(
        rule=_RULE,
        aws=None,
        severity=Severity.SECURITY_WARNING,
        level="full",
        message=f"{subject}grants what was not granted before: {', '.join(request_lines(request))}",
        path=path,
        region=Region(*Lines(texts.get(path, "")).range(span.start, span.end)),
        pointer=place,
        pointers=(place,),
        token="value",
        document_pointer=spot.source.document_pointer,
        identity=(_RULE, "full", change.subject, change.name, "1"),
        witness=request_values(request),
    )
