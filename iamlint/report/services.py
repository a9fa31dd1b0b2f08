"""What the formats for code-hosting services share: their scale of severities, and paths in the repository."""

import os
from urllib.parse import quote

from iamlint.finding import Finding, Severity
from iamlint.report import Options, RuleInfo

LIMITED_CAPS = {Severity.WARNING: 5.5, Severity.SUGGESTION: 2.5}
"""Security severity that a rule's number is lowered to for `limited` findings of these severities: medium, low."""


def security_severity(rule: RuleInfo | None, level: str) -> float | None:
    """GitHub's number for findings of `rule` with `level`; None where the rule is not about security."""
    if rule is None or rule.security_severity is None:
        return None
    if not isinstance(rule.security_severity, (int, float)):
        return rule.security_severity.get(level)
    if level == "full":
        return rule.security_severity
    return min(rule.security_severity, LIMITED_CAPS.get(severity(rule, level), 10.0))


def severity(rule: RuleInfo, level: str) -> Severity:
    """The severity that `rule` declares for `level`."""
    return Severity(rule.levels.get(level, rule.severity))


def service_level(severity: Severity, security: float | None) -> str:
    """`error`, `warning` or `note`; a security warning is an error from a security severity of 7.0 (high)."""
    if severity is Severity.SUGGESTION:
        return "note"
    grave = severity is Severity.SECURITY_WARNING and security is not None and security >= 7.0
    return "error" if grave or severity is Severity.ERROR else "warning"


def finding_level(finding: Finding, options: Options) -> str:
    """`service_level` of a finding."""
    security = security_severity(options.rules().get(finding.rule), finding.level)
    return service_level(finding.severity, security)


def repository_path(path: str, root: str | None) -> str:
    """`path` relative to `root`, links resolved, with `/`; absolute if it is not below it.

    Without a root, `path` as it is.
    """
    if root is not None and "\0" not in path:
        real, base = os.path.realpath(path), os.path.realpath(root)
        path = real
        if real.startswith(os.path.join(base, "")):
            path = os.path.relpath(real, base)
    if os.sep != "/":
        path = path.replace(os.sep, "/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path


def uri(path: str, root: str | None) -> str:
    """`repository_path` as a URI reference; never empty."""
    path = repository_path(path, root)
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = path.encode("utf-8", "surrogatepass")
    reference = quote(data, safe="/-._~!$&'()*+,;=@")
    if path.startswith("/"):
        return f"file://{'/' + reference.lstrip('/')}"
    return reference or "."
