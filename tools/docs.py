"""Writes `docs/rules.md` from the rules; `--check` only says whether it is up to date."""

import sys
from pathlib import Path

from iamlint.describe import rules_page
from iamlint.engine.registry import load_rules

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rules.md"


def main() -> int:
    """1 with `--check` where the page is out of date, else 0."""
    text = rules_page(load_rules().values())
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
