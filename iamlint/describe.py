"""A rule as plain values, for reports and the command line."""

from collections.abc import Iterable

from iamlint.engine.registry import docs
from iamlint.report import RuleInfo
from iamlint.rule import ExportRule, PolicyRule, Rule, StatementRule, TextRule
from iamlint.rule.base import Example, plain


def rule_info(rule: Rule) -> RuleInfo:
    """What reports tell of `rule`."""
    rule = rule.whole()
    text = docs(rule)
    references = tuple(
        line.removeprefix("-").strip() for line in text.sections.get("References", "").splitlines() if line.strip()
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
        good=plain(rule.good[0]) if rule.good else None,
        bad=plain(rule.bad[0]) if rule.bad else None,
        options={name: option.default for name, option in rule.options.items()},
    )


def rule_page(rule: Rule) -> str:
    """The page of one rule, in Markdown."""
    rule = rule.whole()
    info = rule_info(rule)
    facts = [f"Severity: {info.severity}"]
    facts += [f"{level}: {severity}" for level, severity in info.levels.items() if level != "full"]
    if info.aws:
        facts.append(f"AWS: {info.aws}")
    if info.preview:
        facts.append("preview: off unless --preview is given")
    if isinstance(rule, (StatementRule, PolicyRule, TextRule)):
        facts.append(f"policy kinds: {', '.join(sorted(rule.kinds))}")
    if isinstance(rule, ExportRule):
        needs = ((need,) if isinstance(need, str) else need for need in rule.needs)
        facts.append(f"needs of an account: {', '.join(' or '.join(need) for need in needs)}")
    if rule.unsuppressible:
        facts.append("takes no exceptions")
    lines = [f"# {info.id}", "", info.summary, "", "; ".join(facts), ""]
    for title, text in docs(rule).sections.items():
        if title != "References":
            lines += [f"## {title}", text, ""]
    for title, examples in (("Reported", rule.bad), ("Not reported", rule.good)):
        if examples:
            lines += [f"## {title}"]
            for example in examples:
                lines += _shown(example)
            lines.append("")
    if rule.options:
        lines += ["## Options"]
        lines += [f"- `{name}` (default `{option.default}`): {option.help}" for name, option in rule.options.items()]
        lines.append("")
    if info.references:
        lines += ["## References", *(f"- {reference}" for reference in info.references), ""]
    return "\n".join(lines)


def _shown(example: Example) -> list[str]:
    """An example with all its files, indented; what it shows stands after the last one."""
    register = () if example.register is None else (f"register.toml: {example.register}",)
    usage = (f"usage: {who} from {address}" for who, address in example.usage or ())
    files = [
        example.text,
        *example.exports,
        *register,
        *usage,
        *(f"{name}: {text}" for name, text in example.files.items()),
    ]
    lines = [f"    {line}" for text in files for line in text.splitlines()]
    if example.why:
        lines[-1] += f"    ({example.why})"
    if example.rewritten is not None:
        lines.append(f"    becomes ({example.verdict}): {example.rewritten}")
    return lines if len(lines) == 1 else [*lines, ""]


def rules_page(rules: Iterable[Rule]) -> str:
    """The table of all rules, in Markdown; `docs/rules.md` is this text."""
    lines = [
        "# Rules",
        "",
        "Written by `iamlint rules --output-format markdown`. `limited` is the severity where a condition or a Deny",
        "limits what is reported; AWS is the issue code of AWS's own policy validation that the rule mirrors.",
        "",
        "| rule | severity | limited | AWS | what it reports |",
        "| --- | --- | --- | --- | --- |",
    ]
    for rule in rules:
        info = rule_info(rule)
        limited = info.levels.get("limited", "")
        preview = " (preview)" if info.preview else ""
        lines.append(f"| `{info.id}`{preview} | {info.severity} | {limited} | {info.aws or ''} | {info.summary} |")
    return "\n".join(lines) + "\n"
