"""A rule as plain values, for reports and the command line."""

from iamlint.engine.registry import docs
from iamlint.report import RuleInfo
from iamlint.rule import Rule
from iamlint.rule.base import plain


def rule_info(rule: Rule) -> RuleInfo:
    """What reports tell of `rule`."""
    text = docs(rule)
    references = tuple(
        line.removeprefix("-").strip()
        for line in text.sections.get("References", "").splitlines()
        if line.strip()
    )
    return RuleInfo(
        id=rule.id,
        aws=rule.aws,
        severity=rule.severity.value,
        levels={level: severity.value for level, severity in rule.levels.items()},
        security_severity=rule.security_severity,
        summary=text.summary,
        why=text.sections.get("Why it matters", ""),
        fix=text.sections.get("What to do instead", ""),
        references=references,
        tags=rule.tags,
        preview=rule.preview,
        good=plain(rule.good[0]),
        bad=plain(rule.bad[0]),
        options={name: option.default for name, option in rule.options.items()},
    )
