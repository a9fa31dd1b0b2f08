"""`--fix` and `--diff`: what the fix loop made of the files, written or shown."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, TextIO

import click

from iamlint.engine.fix import Accepted, Fixed, fixed
from iamlint.finding import Report, RunError
from iamlint.record import NamedTuple
from iamlint.syntax import printable

if TYPE_CHECKING:
    from iamlint.engine.evidence import Evidence


class Fixing(NamedTuple):
    """What the command line says of rewrites; `used` is what was observed, where that is known."""

    diff: bool
    unsafe: bool
    wider: tuple[str, ...]
    force: bool
    used: "Evidence | None" = None


def made(
    report: Report, texts: Mapping[str, str], fixing: Fixing, check: Callable[[str, str], Report]
) -> dict[str, Fixed]:
    """The changed files by path: what the loop makes of each of `texts` that the report has accepted rewrites for."""
    accepted = Accepted(fixing.unsafe, frozenset(fixing.wider), fixing.used is not None)
    of_file: dict[str, list[int]] = {}
    for index, finding in enumerate(report.findings):
        if finding.path in texts and accepted.takes(finding):
            of_file.setdefault(finding.path, []).append(index)
    done = {}
    for path in of_file:
        # Of this file alone: what other files lack is nothing that a rewrite of this one brings.
        before = check(path, texts[path])
        result = fixed(path, texts[path], before, accepted, check, fixing.used)
        if result.text != texts[path]:
            done[path] = result
    return done


def written(done: Mapping[str, Fixed], texts: Mapping[str, str], force: bool) -> tuple[set[str], list[RunError]]:
    """Writes the changed files; the paths of those that were written, and why others were not."""
    from iamlint.engine.write import Refused, rewritten
    from iamlint.syntax import SyntaxProblem

    paths, errors = set(), []
    for path, result in done.items():
        try:
            rewritten(path, texts[path], result.text, force=force)
        except (Refused, SyntaxProblem) as refusal:
            errors.append(RunError("input", path, f"not fixed: {refusal}"))
        except OSError as error:
            errors.append(RunError("input", path, f"not fixed: cannot write: {error.strerror}"))
        else:
            paths.add(path)
    return paths, errors


def settled(
    report: Report, texts: Mapping[str, str], fixing: Fixing, check: Callable[[str, str], Report], out: TextIO
) -> tuple[Report, bool]:
    """Writes or shows what is to be changed; the report of what is left, and whether anything was to be changed."""
    done = made(report, texts, fixing, check)
    errors: list[RunError] = []
    if fixing.diff:
        show_diffs({path: result.text for path, result in done.items()}, texts, out)
    else:
        paths, errors = written(done, texts, fixing.force)
        done = {path: result for path, result in done.items() if path in paths}
    if done:
        click.echo(summary([*done.values()], "would fix" if fixing.diff else "fixed"), err=True)
    left = _left(report, {path: result.report for path, result in done.items()})
    texts_now = {**report.texts, **{path: result.text for path, result in done.items()}}
    return left._replace(errors=(*left.errors, *errors), texts=texts_now), bool(done)


def _left(report: Report, after: Mapping[str, Report]) -> Report:
    """The report with the findings of the changed files as they are now, in their old place."""
    findings = []
    told = set()
    for finding in report.findings:
        if finding.path not in after:
            findings.append(finding)
        elif finding.path not in told:
            told.add(finding.path)
            findings += [other for other in after[finding.path].findings if other.path == finding.path]
    return report._replace(findings=tuple(findings))


def summary(done: Sequence[Fixed], verb: str = "fixed") -> str:
    """`fixed 3 findings in 2 files (redundant-action 2, …)`."""
    counts: Counter[str] = sum((result.counts for result in done), Counter())
    total = counts.total()
    findings = "1 finding" if total == 1 else f"{total} findings"
    files = "1 file" if len(done) == 1 else f"{len(done)} files"
    rules = ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items()))
    return f"{verb} {findings} in {files}{f' ({rules})' if rules else ''}"


def show_diffs(done: Mapping[str, str], texts: Mapping[str, str], out: TextIO) -> None:
    """Unified diffs, for reading and for `patch`; on a terminal harmless, whatever the files hold."""
    from difflib import unified_diff

    for path, text in sorted(done.items()):
        before, after = (list(StringIO(each, newline="\n")) for each in (texts[path], text))
        for line in unified_diff(before, after, f"a/{path}", f"b/{path}"):
            body = line.rstrip("\r\n") if out.isatty() else line.removesuffix("\n")
            ends = line.endswith("\n")
            click.echo(printable(body, len(body) * 6 + 6) if out.isatty() else body, file=out)
            if not ends:
                click.echo("\\ No newline at end of file", file=out)
