"""CPU time for AWS's managed policies, all in one process with all rules, against `parliament` on the same documents.

    python -m benchmarks.managed [PYTHON]

PYTHON is an interpreter that has `parliament` (PyPI); without one it is installed into an environment of its own. The
policies are those of the folder that `IAMLINT_SHARED` names. Each program runs in a process of its own, alternately,
and its whole CPU time counts: start, reading, checking.
"""

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.startup import ROOT, cpu_seconds
from tools.agreement import corpus

ROUNDS = 3

OURS = """
import sys
sys.path.insert(0, sys.argv[2])
from iamlint import check
report = check([sys.argv[1]], isolated=True)
lines = sum(1 for line in open(sys.argv[1], encoding="utf-8"))
assert report.errors == () and report.policies == lines
"""
THEIRS = """
import sys
import parliament
failed = 0
for line in open(sys.argv[1], encoding="utf-8"):
    try:
        parliament.analyze_policy_string(line)
    except Exception:  # it knows no condition keys of the newer types
        failed += 1
print(failed)
"""


def parliament(folder: Path) -> str:
    """A fresh environment's interpreter that has `parliament`."""
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = str(folder / "venv" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "setuptools<81", "parliament"], check=True)  # it asks setuptools for its own files
    return python


def main() -> None:
    """Prints the CPU seconds of both and the ratio."""
    found = corpus()
    path = found.parent / "managed-policies" / "managed-policies.visible.jsonl.gz" if found else None
    if path is None or not path.exists():
        print("managed policies: the corpus is not at hand", file=sys.stderr)
        return
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        documents = [json.dumps(json.loads(line)["document"]) for line in lines]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policies.jsonl").write_text("\n".join([*documents, ""]), encoding="utf-8")
        (folder / "ours.py").write_text(OURS, encoding="utf-8")
        (folder / "theirs.py").write_text(THEIRS, encoding="utf-8")
        arguments = ["policies.jsonl", str(ROOT)]
        commands = {
            "iamlint, all rules": [sys.executable, "ours.py", *arguments],
            "parliament": [sys.argv[1] if sys.argv[1:] else parliament(folder), "theirs.py", *arguments],
        }
        for command in commands.values():  # first time: compiled files are written, and a failure shows
            done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
        times: dict[str, list[float]] = {title: [] for title in commands}
        for _ in range(ROUNDS):
            for title, command in commands.items():
                times[title].append(cpu_seconds(command, folder))
    base = statistics.median(times["parliament"])
    print(f"parliament gives up on {done.stdout.strip()} of the documents.\n")
    print(f"| {len(documents)} managed policies | CPU s, median | share |\n| --- | ---: | ---: |")
    for title, spent in times.items():
        middle = statistics.median(spent)
        print(f"| {title} | {middle:.2f} | {middle / base:.3f} |")


if __name__ == "__main__":
    main()
