"""How many findings carry a proven rewrite, rule by rule; writes `docs/rewrites.md`.

    python -m tools.rewrites [--check]

Findings are those of AWS's managed policies and of made policies. Neither is part of this repository: `IAMLINT_SHARED`
names the folder with the policies and the generator; else it is looked for as `shared/` beside the checkout.
"""

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from iamlint.config import Settings, settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Finding
from iamlint.load import load_text
from tools.agreement import ROOT, corpus

PAGE: Final = ROOT / "docs" / "rewrites.md"
MADE: Final = 400
SEED: Final = 5

_REPOSITORIES: Final = (
    "archive assets audit backup billing cache catalog events images ingest ledger media orders payments reports "
    "search sessions users video"
)
ENVIRONMENT: Final = {
    "accounts": ["111122223333"],
    "regions": ["eu-west-1"],
    "repositories": [f"acme/{name}:ref:refs/heads/main" for name in _REPOSITORIES.split()],
}
"""What an organisation would say of itself, so that rewrites have something to fill in."""

MECHANICAL: Final[Mapping[str, tuple[str, ...]]] = {
    "leave out what is redundant": (
        "redundant-action",
        "redundant-condition-value",
        "redundant-condition-value-num",
        "redundant-key-due-to-wildcard-in-condition",
        "redundant-principal-in-role-trust-policy",
        "redundant-resource",
        "redundant-statement",
        "redundant-statement-due-to-wildcard-in-condition",
        "statement-covered-by-others",
    ),
    "name the ARNs of what the actions take": ("wildcard-resource",),
    "write what is meant: operators, types, names that are gone": (
        "deny-has-no-effect",
        "equivalent-to-null-false",
        "equivalent-to-null-true",
        "forallvalues-without-null-guard",
        "improve-ip-range",
        "mfa-allow-matches-without-mfa",
        "mfa-deny-misses-long-lived-keys",
        "missing-qualifier",
        "missing-version",
        "private-ip-address-subset",
        "private-not-ip-address-subset",
        "retired-action",
        "string-like-operator-with-arn-condition-keys",
        "type-mismatch",
    ),
    "limit whom services act for, and whom they are": ("restrict-access-to-service-principal",),
    "limit the tokens of an OIDC provider": (
        "missing-condition-key-for-oidc-principal",
        "missing-github-repo-condition-key",
        "specific-github-repo-and-branch-recommended",
    ),
    "add a Deny: TLS, MFA": ("missing-mfa-deny", "missing-secure-transport-deny"),
}
"""What a rewrite does → the rules whose findings a machine can settle: the text and the configuration tell how."""

ASIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "what a wildcard stands for is told by what was used, see `--usage`": (
        "broad-managed-policy",
        "not-action-in-allow",
        "not-resource-in-allow",
        "wildcard-action",
        "wildcard-service-action",
    ),
    "proven only where another action of the policy tells for which service the role is": (
        "create-slr-with-star-in-resource",
        "create-slr-with-star-in-resource-and-not-action",
        "pass-role-with-star-in-resource",
        "pass-role-with-star-in-resource-and-not-action",
    ),
    "proven where it fits into one policy; else the first of several is shown": (
        "policy-size-exceeds-identity-policy-quota",
        "policy-size-exceeds-managed-policy-quota",
    ),
}
"""Why a machine cannot always know → the rules."""


class Counts(NamedTuple):
    """Findings of a rule, by what they carry."""

    findings: int = 0
    equivalent: int = 0
    narrower: int = 0
    other: int = 0
    """Wider or incomparable: it does what the author evidently meant."""
    shown: int = 0

    @property
    def proven(self) -> int:
        """How many carry a rewrite with a verdict."""
        return self.equivalent + self.narrower + self.other

    def and_one(self, finding: Finding) -> "Counts":
        """With one finding more."""
        rewrite = finding.rewrite
        verdict = None if rewrite is None else rewrite.proof.verdict
        known = {"equivalent": "equivalent", "narrower": "narrower", "unproven": "shown", None: None}
        field = known.get(verdict, "other")
        more = self._replace(findings=self.findings + 1)
        return more if field is None else more._replace(**{field: getattr(self, field) + 1})

    def plus(self, other: "Counts") -> "Counts":
        """The sum."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


def documents() -> Iterator[tuple[str, str]] | None:
    """Name and text of each policy; None where they are not at hand."""
    found = corpus()
    shared = found.parent.parent if found else None
    generator = shared / "bench" / "gen_policies.py" if shared else None
    managed = shared / "corpora" / "managed-policies" / "managed-policies.visible.jsonl.gz" if shared else None
    if generator is None or managed is None or not (generator.exists() and managed.exists()):
        return None
    return _documents(managed, generator)


def _documents(managed: Path, generator: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(managed, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield f"{row['name']}.json", json.dumps(row["document"], indent=4)
    yield from made(generator, MADE, SEED)


def made(generator: Path, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Made policies of all kinds."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(generator), folder, "--n", str(count), "--seed", str(seed)]
        subprocess.run(command, check=True, capture_output=True)
        for path in sorted(Path(folder).glob("ok/**/*.json")):
            yield path.name, path.read_text(encoding="utf-8")


def settings() -> Settings:
    """The configuration that the policies are checked with."""
    return settings_for(environment=ENVIRONMENT)


def counted(texts: Iterable[tuple[str, str]]) -> dict[str, Counts]:
    """The findings of each rule."""
    chosen = settings()
    rules = load_rules(chosen)
    found: dict[str, Counts] = {}
    for name, text in texts:
        run = Run(chosen, rules, rewrites=True)
        run.add(load_text(name, text, chosen, named_alone=True))
        for finding in run.report().findings:
            found[finding.rule] = found.get(finding.rule, Counts()).and_one(finding)
    return found


def page(found: Mapping[str, Counts]) -> str:
    """The text of `docs/rewrites.md`."""
    policies = f"AWS's managed policies at hand and of {MADE} made ones"
    lines = [
        "# Rewrites and their proofs",
        "",
        "Made by `python -m tools.rewrites`.",
        "",
        f"What the findings of {policies} carry, with an account, a",
        "Region and repositories in the configuration. **Proven** is a rewrite whose verdict over all requests is",
        "known: `equivalent`, `narrower`, or what the author evidently meant (`wider`, `incomparable`). **Shown** is",
        "one that nobody can apply as it is, or whose proof took too long: it is never applied. What another procedure",
        "says of each verdict: [rewrites asked of z3](checked-rewrites.md).",
        "",
        "## What a machine can settle",
        "",
        _head("rewrite"),
    ]
    total = Counts()
    for what, rules in MECHANICAL.items():
        counts = _sum(found, rules)
        total = total.plus(counts)
        lines.append(_row(what, counts))
    lines += [_row("**all**", total), "", "## What needs more", ""]
    for why, rules in ASIDE.items():
        lines += [f"{why[0].upper()}{why[1:]}:", "", _head("rule")]
        lines += [_row(f"`{rule}`", found[rule]) for rule in rules if rule in found]
        lines.append("")
    lines += ["## Rule by rule", "", _head("rule")]
    lines += [_row(f"`{rule}`", found[rule]) for rule in sorted(found)]
    return "\n".join(lines) + "\n"


def _sum(found: Mapping[str, Counts], rules: Iterable[str]) -> Counts:
    total = Counts()
    for rule in rules:
        total = total.plus(found.get(rule, Counts()))
    return total


def _head(first: str) -> str:
    names = [first, "findings", "proven", "equivalent", "narrower", "other", "shown", "none"]
    return f"| {' | '.join(names)} |\n| --- |{' ---: |' * (len(names) - 1)}"


def _row(first: str, counts: Counts) -> str:
    share = f"{counts.proven} ({100 * counts.proven // counts.findings} %)" if counts.findings else "0"
    none = counts.findings - counts.proven - counts.shown
    cells = [first, counts.findings, share, counts.equivalent, counts.narrower, counts.other, counts.shown, none]
    return f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    """1 with `--check` where the page is out of date, else 0."""
    texts = documents()
    if texts is None:
        print("rewrites: the policies are not at hand", file=sys.stderr)
        return 0
    text = page(counted(texts))
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
