"""What is written about the product is true."""

import re
import subprocess
import sys

from iamlint.cli import main
from tests.support import ROOT


def test_the_table_of_rules_is_up_to_date():
    done = subprocess.run([sys.executable, "-m", "tools.docs", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "run `python -m tools.docs`"


def test_the_readme_names_only_commands_that_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^iamlint ([a-z-]+)", text, re.MULTILINE))
    assert named <= set(main.list_commands(None))


def test_every_relative_link_leads_somewhere():
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("fixtures/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_the_table_of_rewrites_is_of_this_product():
    """The numbers need policies that are no part of it; that its rows are right is seen from the page itself."""
    from iamlint.engine.registry import load_rules
    from tools.rewrites import ASIDE, MECHANICAL

    rules = load_rules()
    named = [rule for group in (MECHANICAL, ASIDE) for listed in group.values() for rule in listed]
    assert len(named) == len(set(named))
    assert set(named) <= set(rules)
    text = (ROOT / "docs" / "rewrites.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (\d+) \| (\d+)[^|]*\|((?: \d+ \|)+)$", text, re.MULTILINE)
    assert len(rows) > 40
    for rule, findings, proven, rest in rows:
        equivalent, narrower, other, shown, none = map(int, re.findall(r"\d+", rest))
        assert rule in rules
        assert int(proven) == equivalent + narrower + other
        assert int(findings) == int(proven) + shown + none
    share = re.search(r"^\| \*\*all\*\* \| \d+ \| \d+ \((\d+) %\)", text, re.MULTILINE)
    assert share is not None
    assert int(share[1]) >= 90


def test_made_policies_carry_what_the_table_says():
    """A few of them, so that the table is not the only one to say so."""
    from tests.support import corpus
    from tools.rewrites import MECHANICAL, Counts, counted, made

    found = counted(made(corpus("bench/gen_policies.py"), 24, 11))
    total = Counts()
    for rules in MECHANICAL.values():
        for rule in rules:
            total = total.plus(found.get(rule, Counts()))
    assert total.findings > 60
    assert total.proven >= 0.9 * total.findings
