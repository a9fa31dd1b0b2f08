"""SARIF 2.1.0 for GitHub code scanning and other viewers, built from the classes of `sarif-om`.

GitHub reads severity from the rule, so that findings of a lowered level get a descriptor of their own, `id/limited`.
The file is whole even when there is nothing to report: the empty upload is what closes fixed alerts.
"""

import json
from collections.abc import Iterable
from typing import Any, TextIO

import sarif_om as om

from iamlint.finding import Finding, Region, Report, Rewrite
from iamlint.report import Options, RuleInfo
from iamlint.report.fingerprints import line_hashes
from iamlint.report.sarif_rules import descriptor
from iamlint.report.services import security_severity, service_level, uri
from iamlint.report.wording import gravest_first, shown

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_PLACES = 100
"""Locations, and related locations, of one result that GitHub keeps."""
MOST_LINKS = 10
"""Related places that a message links to."""

# GitHub code scanning, "SARIF support for code scanning": what it reads, and its limits.


def write(report: Report, out: TextIO, options: Options) -> None:
    """Writes the gravest `options.sarif_max_results` findings as one run."""
    for chunk in json.JSONEncoder(indent=1).iterencode(walk(log(report, options))):
        out.write(chunk)
    out.write("\n")


def log(report: Report, options: Options) -> Any:
    """The report as a `sarif_om.SarifLog`."""
    from iamlint import __version__

    findings = gravest_first(report.findings)
    left_out = len(findings) - options.sarif_max_results
    run = _Run(report, options)
    results = [run.result(finding) for finding in findings[: options.sarif_max_results]]
    if options.sarif_suppressed:
        for entry in report.suppressed[: max(0, -left_out)]:
            result = run.result(entry.finding)
            result.suppressions = [
                om.Suppression(kind="external", state="accepted", justification=shown(entry.exception))
            ]
            results.append(result)
    problems = [_notification("error", error.message, error.path, options) for error in report.errors]
    if left_out > 0:
        problems.append(_notification("note", f"{left_out} lesser findings are left out", None, options))
    driver = om.ToolComponent(
        name="iamlint",
        version=__version__,
        semantic_version=__version__,
        rules=run.rules,
        properties={"data": dict(report.data)},
    )
    return om.SarifLog(
        schema_uri=SCHEMA,
        version="2.1.0",
        runs=[
            om.Run(
                tool=om.Tool(driver=driver),
                invocations=[
                    om.Invocation(execution_successful=not report.errors, tool_execution_notifications=problems or None)
                ],
                # The upload action gives a category to runs that have none; ours would override the workflow's.
                automation_details=None
                if options.sarif_category is None
                else om.RunAutomationDetails(id=f"{options.sarif_category.rstrip('/')}/"),
                column_kind="unicodeCodePoints",
                results=results,
            )
        ],
    )


class _Run:
    """Results and the descriptors that they need, in the order of first use."""

    def __init__(self, report: Report, options: Options) -> None:
        self.options = options
        self.infos = options.rules()
        self.rules: list[Any] = []
        self.indexes: dict[str, int] = {}
        self.texts = report.texts
        self.uris: dict[str, str] = {}
        self.hashes: dict[str, dict[int, str]] = {}
        self.flagged: dict[str, set[int]] = {}
        shown_findings = [*report.findings, *(entry.finding for entry in report.suppressed)]
        for finding in shown_findings:
            self.flagged.setdefault(finding.path, set()).add(finding.region.line)

    def result(self, finding: Finding) -> Any:
        info = self.infos.get(finding.rule) or RuleInfo(finding.rule, finding.aws, finding.severity.value)
        rule_id = finding.rule if finding.level == "full" else f"{finding.rule}/{finding.level}"
        if rule_id not in self.indexes:
            self.indexes[rule_id] = len(self.rules)
            self.rules.append(descriptor(rule_id, info, finding.level))
        related = [
            self.location(entry.path, entry.region, number, entry.message)
            for number, entry in enumerate(finding.related[:MOST_PLACES], 1)
        ]
        marked = (finding.region, *finding.marked[1:MOST_PLACES])
        return om.Result(
            rule_id=rule_id,
            rule_index=self.indexes[rule_id],
            level=service_level(finding.severity, security_severity(info, finding.level)),
            message=om.Message(text=_message(finding)),
            locations=[self.location(finding.path, region) for region in marked],
            related_locations=related or None,
            partial_fingerprints=self.fingerprints(finding),
            code_flows=[self.flow(finding)] if finding.arguments.get("chain") is True and related else None,
            fixes=None if finding.rewrite is None else self.fixes(finding.path, finding.rewrite),
        )

    def location(self, path: str, region: Region, number: int | None = None, message: str | None = None) -> Any:
        physical = om.PhysicalLocation(artifact_location=self.artifact(path), region=_region(region))
        return om.Location(
            physical_location=physical,
            id=-1 if number is None else number,
            message=None if message is None else om.Message(text=_unlinked(shown(message)) or "related"),
        )

    def artifact(self, path: str) -> Any:
        if path not in self.uris:
            self.uris[path] = uri(path, self.options.root)
        return om.ArtifactLocation(uri=self.uris[path])

    def flow(self, finding: Finding) -> Any:
        """The related places as the steps of a chain that ends at the finding."""
        steps = [
            self.location(entry.path, entry.region, message=entry.message)
            for entry in finding.related[: MOST_PLACES - 1]
        ]
        steps.append(self.location(finding.path, finding.region, message=finding.message))
        return om.CodeFlow(
            thread_flows=[om.ThreadFlow(locations=[om.ThreadFlowLocation(location=step) for step in steps])]
        )

    def fixes(self, path: str, rewrite: Rewrite) -> list[Any] | None:
        """A fix without a replacement is refused, together with the whole file."""
        if not rewrite.edits:
            return None
        replacements = [
            om.Replacement(deleted_region=_region(edit.region), inserted_content=om.ArtifactContent(text=edit.text))
            for edit in rewrite.edits
        ]
        change = om.ArtifactChange(artifact_location=self.artifact(path), replacements=replacements)
        title = f"{shown(rewrite.title)} ({rewrite.proof.verdict})"
        return [om.Fix(description=om.Message(text=title), artifact_changes=[change])]

    def fingerprints(self, finding: Finding) -> dict[str, str]:
        content = finding.fingerprint
        github = self.line_hash(finding) if self.options.sarif_fingerprint == "github" else None
        return {"primaryLocationLineHash": github or content, "iamlint/v1": content}

    def line_hash(self, finding: Finding) -> str | None:
        """None where it says nothing: in a file of one line it is the same for all findings."""
        if finding.path not in self.hashes:
            text = self.texts.get(finding.path, "")
            several = "\n" in text.rstrip() or "\r" in text.rstrip()
            self.hashes[finding.path] = line_hashes(text, self.flagged[finding.path]) if several else {}
        return self.hashes[finding.path].get(finding.region.line)


def _region(region: Region) -> Any:
    return om.Region(
        start_line=region.line,
        start_column=region.column,
        end_line=region.end_line,
        end_column=region.end_column,
    )


def _message(finding: Finding) -> str:
    """The message, with links to the related places after it, so that the first sentence stays a title."""
    text = _unlinked(shown(finding.message)) or finding.rule
    links = [
        f"[{shown(entry.message).translate(_BRACKETS) or 'related'}]({number})"
        for number, entry in enumerate(finding.related[:MOST_LINKS], 1)
    ]
    return f"{text}{'' if text.endswith('.') else '.'} See {', '.join(links)}." if links else text


_BRACKETS = str.maketrans({"[": "\\[", "]": "\\]", "\\": "\\\\"})


def _unlinked(text: str) -> str:
    """Without what a viewer of SARIF takes for a link: no text of a policy is to place one."""
    return text.replace("](", "] (")


def _notification(level: str, message: str, path: str | None, options: Options) -> Any:
    locations = None
    if path:
        artifact = om.ArtifactLocation(uri=uri(path, options.root))
        locations = [om.Location(physical_location=om.PhysicalLocation(artifact_location=artifact))]
    text = shown(message) or level
    return om.Notification(message=om.Message(text=text), level=level, locations=locations)


# `sarif-om` was generated from a draft in which this property still had its old name.
_RENAMED = {("Suppression", "state"): "status"}


def walk(value: Any) -> Any:
    """Objects of `sarif_om` as JSON values: as `jschema_to_python.to_json` does it, without its copies.

    What equals its default is left out, and so is None; `level` is always written, since readers differ on what its
    absence means.
    """
    fields = getattr(type(value), "__attrs_attrs__", None)
    if fields is None:
        return [walk(entry) for entry in value] if isinstance(value, list) else value
    return {name: walk(entry) for name, entry in _set_fields(value, fields)}


def _set_fields(value: Any, fields: Iterable[Any]) -> Iterable[tuple[str, Any]]:
    for field in fields:
        entry = getattr(value, field.name)
        if entry is None:
            continue
        default = field.default.factory() if hasattr(field.default, "factory") else field.default
        if entry != default or field.name == "level":
            name = field.metadata["schema_property_name"]
            yield _RENAMED.get((type(value).__name__, name), name), entry
