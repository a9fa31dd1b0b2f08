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
