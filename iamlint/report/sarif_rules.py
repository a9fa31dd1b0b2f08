"""Rules as SARIF describes them: what GitHub shows on the page of an alert."""

from typing import Any

import sarif_om as om

from iamlint.finding import Severity
from iamlint.report import RuleInfo
from iamlint.report.services import security_severity, service_level, severity

MOST_TAGS = 10
MOST_TEXT = 1024
"""Characters of a description that GitHub keeps."""

_PROBLEM = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "warning",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "recommendation",
}


def descriptor(rule_id: str, info: RuleInfo, level: str) -> Any:
    """The descriptor of `info` for findings of `level`; it depends on nothing else, so it is the same in every run."""
    security = security_severity(info, level)
    declared = severity(info, level)
    summary = info.summary or info.id
    if level != "full":
        summary = f"{summary.rstrip('.')} (limited by a condition or a Deny)."
    properties: dict[str, Any] = {"tags": _tags(info, security is not None)}
    if security is None:
        properties["problem.severity"] = _PROBLEM[declared]
    else:
        properties["security-severity"] = str(float(security))
    if info.aws:
        properties["aws"] = info.aws
    markdown = help_markdown(info)
    full = plain_text(f"{summary}\n\n{info.why}".strip())
    return om.ReportingDescriptor(
        id=rule_id,
        name="".join(word.capitalize() for word in rule_id.replace("/", "-").split("-"))[:255],
        short_description=om.MultiformatMessageString(text=_cut(plain_text(summary))),
        full_description=om.MultiformatMessageString(text=_cut(full)),
        help=om.MultiformatMessageString(text=plain_text(markdown), markdown=markdown),
        help_uri=next((entry for entry in info.references if entry.startswith("https://")), None),
        default_configuration=om.ReportingConfiguration(level=service_level(declared, security)),
        properties=properties,
    )


def help_markdown(info: RuleInfo) -> str:
    """The rule's page."""
    parts = [info.summary or info.id]
    if info.why:
        parts += ["## Why it matters", info.why]
    if info.fix:
        parts += ["## What to do instead", info.fix]
    for title, example in (("## Reported", info.bad), ("## Not reported", info.good)):
        if example:
            parts += [title, _fenced(example.replace("«", "").replace("»", ""))]
    parts += [
        "## Exceptions",
        "If it is meant, write an exception with its reason into the configuration: "
        f"`iamlint check --add-exceptions` drafts it. `iamlint rule {info.id}` shows this page.",
    ]
    if info.references:
        parts += ["## References", "\n".join(f"- {entry}" for entry in info.references)]
    return "\n\n".join(part.strip() for part in parts)


def plain_text(markdown: str) -> str:
    """`markdown` without its marks, for viewers that show text only."""
    lines = [line for line in markdown.splitlines() if not line.startswith("```")]
    return (
        "\n".join(line.lstrip("#").lstrip() if line.startswith("#") else line for line in lines)
        .translate({ord("`"): None})
        .replace("**", "")
    )


def _fenced(example: str) -> str:
    fence = "```"
    while fence in example:
        fence += "`"
    language = "json" if example.lstrip().startswith(("{", '"')) else ""
    return f"{fence}{language}\n{example.strip()}\n{fence}"


def _tags(info: RuleInfo, security: bool) -> list[str]:
    tags = dict.fromkeys((["security"] if security else []) + list(info.tags))
    return list(tags)[:MOST_TAGS]


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"
