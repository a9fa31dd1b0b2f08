"""What the tests share: where the optional corpora are."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def corpus(name: str) -> Path:
    """The path of a corpus file or folder; skips the test, saying why, where the corpora are not at hand.

    They are real policies and recordings under other licences, so they are no part of this repository. The folder is
    named by `IAMLINT_SHARED`, else expected as `shared/` beside the checkout.
    """
    shared = Path(os.environ.get("IAMLINT_SHARED", ROOT.parent / "shared"))
    path = shared / name
    if not path.exists():
        pytest.skip(f"corpus {name} is not at hand (looked in {shared}; IAMLINT_SHARED names the folder)")
    return path
