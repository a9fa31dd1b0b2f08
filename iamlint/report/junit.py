"""JUnit XML, which most build servers read: one suite per file, one failed case per finding."""

from collections.abc import Mapping
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from iamlint.finding import Finding, Report
from iamlint.report import Options
from iamlint.report.wording import place, shown, shown_path


def write(report: Report, out: TextIO, options: Options) -> None:
    """Writes the report as test results; one passed case stands for a clean run."""
    suites: dict[str, list[Finding]] = {}
    for finding in report.findings:
        suites.setdefault(finding.path, []).append(finding)
    failures, errors = len(report.findings), len(report.errors)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<testsuites name="iamlint" tests="{failures + errors or 1}" failures="{failures}" errors="{errors}">\n')
    for path, findings in suites.items():
        _suite(out, shown_path(path), len(findings), len(findings), 0, report.data)
        for finding in findings:
            message = shown(finding.message)
            _case(out, finding.path, finding.rule)
            out.write(f"<failure type={_attribute(finding.severity.value)} message={_attribute(message)}>")
            out.write(f"{_text(f'{place(finding)}: {message}')}</failure></testcase>\n")
        out.write("</testsuite>\n")
    if report.errors:
        _suite(out, "problems", errors, 0, errors, report.data)
        for error in report.errors:
            _case(out, error.path, error.rule or error.kind)
            message = _attribute(shown(error.message))
            out.write(f"<error type={_attribute(error.kind)} message={message}/></testcase>\n")
        out.write("</testsuite>\n")
    if not failures and not errors:
        _suite(out, "iamlint", 1, 0, 0, report.data)
        out.write('<testcase classname="iamlint" name="no findings"/>\n</testsuite>\n')
    out.write("</testsuites>\n")


def _suite(out: TextIO, name: str, tests: int, failures: int, errors: int, data: Mapping[str, str]) -> None:
    """The start of a suite, with the dates of the facts: only suites have properties in JUnit's schema."""
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}"'
    out.write(f"<testsuite name={_attribute(name)} {counts}>\n")
    if data:
        properties = (
            f"<property name={_attribute(f'data.{key}')} value={_attribute(day)}/>" for key, day in data.items()
        )
        out.write(f"<properties>{''.join(properties)}</properties>\n")


def _case(out: TextIO, path: str, name: str) -> None:
    out.write(f"<testcase classname={_attribute(shown_path(path))} name={_attribute(shown(name))}>")


def _attribute(text: str) -> str:
    return quoteattr(_legal(text))


def _text(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    """Without what XML 1.0 has no way to write; `printable` has already escaped nearly all of it."""
    return "".join(char for char in text if " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char > "\uffff")
