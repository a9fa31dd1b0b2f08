"""Patterns of `.gitignore` files: git itself is the judge."""

import random
import re
import subprocess

import pytest

from iamlint.load.globs import Patterns

PIECES = (
    *("a", "b", "ab", "*", "?", "**", "/", "/**/", "**/", "[ab]", "[!a]", "[a-b]", "[^b]", "[]a]", "[[:alpha:]]"),
    *("\\*", "\\a", "!", "#", " ", "\\ ", ".", "x.json", "*.json", "]", "[a", "\\"),
)
ODD = re.compile(r"\[.*/|\\/|//|[^/]\*\*|\*\*[^/]")
"""What git reads in ways that nobody means: slashes in brackets, escaped or doubled, `**` beside something else."""
NAMES = ("a", "b", "ab", "x.json", "#a", "!a", "a b", "*", "aa", ".a", "a ")


@pytest.mark.parametrize("seed", range(40))
def test_agrees_with_git(tmp_path, seed):
    random_ = random.Random(seed)
    lines = ["".join(random_.choices(PIECES, k=random_.randint(1, 5))) for _ in range(3)]
    lines = [line for line in lines if line.strip() and not ODD.search(line)]
    paths = sorted({"/".join(random_.choices(NAMES, k=random_.randint(1, 4))) for _ in range(80)})
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("\n".join(lines) + "\n")
    answer = subprocess.run(
        ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(paths),
        capture_output=True,
        text=True,
        check=False,
    )
    ignored = set(answer.stdout.split("\0")) - {""}
    patterns = Patterns(lines)
    assert {path for path in paths if patterns.matches(path)} == ignored, lines


@pytest.mark.parametrize(
    ("lines", "path", "folder", "verdict"),
    [
        (["build/"], "build", True, True),
        (["build/"], "build", False, None),
        (["build/"], "deep/build", True, True),
        (["/build"], "deep/build", True, None),
        (["*.json", "!keep.json"], "keep.json", False, False),
        (["*.json", "!keep.json"], "other.json", False, True),
        (["scps/**"], "scps", True, None),
        (["scps/**"], "scps/a/b.json", False, True),
        (["a/**/b"], "a/b", False, True),
        (["# no", "", "\\#yes"], "#yes", False, True),
    ],
)
def test_verdicts(lines, path, folder, verdict):
    assert Patterns(lines).verdict(path, folder) is verdict


def test_many_wildcards_cost_no_steps_back():
    patterns = Patterns(["*a" * 100 + "b", "[ab]?*" * 50 + "c", "**/a" * 300 + "/b"])
    assert patterns.verdict("a" * 255) is None
    assert patterns.verdict("/".join("a" * 1000)) is None
