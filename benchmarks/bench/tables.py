"""The measurements: each gives a table."""

import itertools
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.bench import inputs
from benchmarks.bench.measure import Cost, Failed, Program, alternately
from benchmarks.bench.tools import Tools
from benchmarks.startup import POLICIES

LOAD = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"
NARROW = """
import json, sys
from iamlint.analyse import Request, narrow
from iamlint.model import Policy
for line in open(sys.argv[1], encoding="utf-8"):
    policy = Policy(json.loads(line), "identity")
    names = [item.text for statement in policy.statements if statement.allows for item in statement.actions]
    seen = [name for name in names if "*" not in name and "?" not in name][::10]
    narrow(policy, [Request("arn:aws:iam::111122223333:user/u", name) for name in seen])
"""


class Table(NamedTuple):
    """Costs by title, and which of them the ratios are to."""

    title: str
    base: str
    costs: Mapping[str, Cost | Failed]
    note: str
    load: float
    """How many processes wanted a processor at the end."""


def measured(title: str, base: str, programs: Mapping[str, Program], rounds: int, note: str = "") -> Table:
    """The table of what these cost, run alternately."""
    return Table(title, base, dict(alternately(programs, rounds)), note, os.getloadavg()[0])


def start_up(tools: Tools, folder: Path) -> Iterator[Table]:
    """Programs that only say their version, and one small file."""
    says = {"iamlint": tools.python(folder, "-m", "iamlint", "--version")}
    for name in tools.peers:
        says |= tools.program(name, folder, "--version")
    yield measured("Start-up: `--version`", "iamlint", says, 3)
    small = folder / "small"
    small.mkdir()
    programs = {"python -c 'import click'": tools.python(folder, "-c", "import click")}
    for name, text in POLICIES.items():
        path = small / f"{name.replace(' ', '-')}.json"
        path.write_text(text)
        programs[f"iamlint, {name}, cold"] = tools.check(folder, "--no-cache", path)
        programs[f"iamlint, {name}, warm"] = tools.check(folder, "--cache-dir", folder / "kept", path)
    note = "Installed wheel, compiled files; warm: results of an earlier run are kept."
    yield measured("One small file", "python -c 'import click'", programs, 15, note)
    path = inputs.as_files([inputs.ALL], folder / "one")[0]
    lines = inputs.as_lines([inputs.ALL], folder / "one.jsonl")
    others = tools.parliament(folder, lines) | tools.validator(folder, [path])
    others |= tools.program("cloudsplaining", folder, "scan-policy-file", "--input-file", path)
    others |= tools.cfn_lint(folder, inputs.as_templates([inputs.ALL], folder / "one-template"))
    others |= tools.checkov(folder, inputs.as_terraform([inputs.ALL], folder / "one-terraform"))
    programs = {"iamlint, cold": tools.check(folder, "--no-cache", path), **others}
    yield measured("One small file, the peers: Allow `*` on `*`", "iamlint, cold", programs, 3)


def managed(tools: Tools, folder: Path) -> Iterator[Table]:
    """All managed policies, in the form that each peer takes."""
    name, documents = inputs.policies()
    lines = inputs.as_lines(documents, folder / "policies.jsonl")
    inputs.as_files(documents, folder / "policies")
    one = ("--jobs", "1", "policies.jsonl")
    programs = {
        "iamlint": tools.check(folder, "--no-cache", *one),
        "iamlint, warm": tools.check(folder, "--cache-dir", folder / "kept-lines", *one),
        "iamlint, JSON with proven rewrites": tools.check(folder, "--no-cache", "--output-format", "json", *one),
        "iamlint, files": tools.check(folder, "--no-cache", "--jobs", "1", "policies"),
        "iamlint, files, warm": tools.check(folder, "--cache-dir", folder / "kept-files", "--jobs", "1", "policies"),
    }
    programs |= tools.parliament(folder, lines)
    note = "One process. What the peers check is a part of it; `parliament` without its community auditors."
    yield measured(f"{name}", "iamlint", programs, 3, note)
    slow = {"iamlint": programs["iamlint"]} | tools.validator(folder, [folder / "policies"])
    inputs.as_templates(documents, folder / "templates")
    slow |= tools.cfn_lint(folder, [Path("templates/*.json")])
    slow |= tools.checkov(folder, inputs.as_terraform(documents, folder / "terraform"))
    slow |= tools.cloudsplaining(folder, inputs.as_export(documents, folder / "export.json"))
    yield measured(f"{name}, the slower peers", "iamlint", slow, 1)


def hook(tools: Tools, folder: Path) -> Iterator[Table]:
    """What a commit with so many policy files costs."""
    _, documents = inputs.policies()
    for count in (1, 10, 1000):
        own = folder / f"hook-{count}"
        files = inputs.as_files(list(_taken(documents, count)), own)
        names = [path.name for path in files]
        words = ("--output-format", "concise", "--force-exclude")
        programs = {
            "iamlint, cold": tools.check(own, "--no-cache", *words, *names),
            "iamlint, warm": tools.check(own, "--cache-dir", folder / f"kept-{count}", *words, *names),
        }
        if count < 1000:
            programs |= tools.validator(own, files)
            programs |= tools.cfn_lint(own, inputs.as_templates(list(_taken(documents, count)), own / "templates"))
        yield measured(
            f"Hook on {count:,} file{'s' * (count > 1)}", "iamlint, cold", programs, 5 if count < 1000 else 2
        )


def _taken(documents: list[inputs.Document], count: int) -> Iterator[inputs.Document]:
    """So many, from all over the list."""
    times = -(-count // len(documents))
    found = list(inputs.many(documents, times))
    return iter(found[:: max(1, len(found) // count)][:count])


def export(tools: Tools, folder: Path) -> Iterator[Table]:
    """Exports of accounts."""
    for users in (1000, 10_000):
        path = inputs.account(users, folder / f"account-{users}")
        if path is None:
            raise Failed("the generator of exports is not at hand (IAMLINT_SHARED)")
        ours = ("--no-cache", "--output-format", "json-lines", path)
        programs = {
            "json.load": tools.python(folder, "-c", LOAD, path),
            "iamlint, one process": tools.check(folder, *ours, "--jobs", "1"),
            "iamlint": tools.check(folder, *ours),
        }
        programs |= tools.program("parliament", folder, "--auth-details-file", path)
        if users == 1000:
            programs |= tools.cloudsplaining(folder, path)
        size = path.stat().st_size / 1e6
        note = f"{size:.0f} MB; findings as JSON lines with proven rewrites. `parliament` reads the policies only."
        yield measured(f"Account export, {users:,} users", "json.load", programs, 2, note)


def growth(tools: Tools, folder: Path) -> Iterator[Table]:
    """Ten times the input, and two jobs against one."""
    name, documents = inputs.policies()
    programs = {}
    for times in (1, 10):
        inputs.as_lines(inputs.many(documents, times), folder / f"x{times}.jsonl")
        inputs.as_files(inputs.many(documents, times), folder / f"x{times}")
        one = ("--no-cache", "--jobs", "1")
        programs[f"{times} x, one file"] = tools.check(folder, *one, f"x{times}.jsonl")
        programs[f"{times} x, files"] = tools.check(folder, *one, f"x{times}")
    yield measured(f"Ten times the {name}", "1 x, one file", programs, 1, "One process, no two policies equal.")
    programs = {}
    for what in ("x10.jsonl", "x10"):
        for jobs in ("1", "2"):
            title = f"{'one file' if what.endswith('l') else 'files'}, --jobs {jobs}"
            programs[title] = tools.check(folder, "--no-cache", "--jobs", jobs, what)
    yield measured("Two jobs", "one file, --jobs 1", programs, 1, "Wall time is what counts here.")


def questions(tools: Tools, folder: Path) -> Iterator[Table]:
    """`compare` and `narrow`, in bulk."""
    name, documents = inputs.policies()
    pairs = itertools.pairwise(documents)
    cases = [{"id": str(number), "old": old, "new": new} for number, (old, new) in enumerate(pairs)]
    (folder / "cases.jsonl").write_text("".join(f"{json.dumps(case)}\n" for case in cases))
    (folder / "narrow.py").write_text(NARROW)
    lines = inputs.as_lines(documents[::10], folder / "tenth.jsonl")
    programs = {
        f"compare, {len(cases)} pairs of neighbours": Program(
            (tools.ours.programs / "iamlint", "compare", "--isolated", "--jsonl", "cases.jsonl"), folder
        ),
        f"narrow, {len(documents[::10])} policies of which every tenth action was seen": tools.python(
            folder, "narrow.py", lines
        ),
    }
    yield measured(f"Compare and narrow: {name}", next(iter(programs)), programs, 2)


SECTIONS: Mapping[str, Callable[[Tools, Path], Iterator[Table]]] = {
    "start-up": start_up,
    "managed": managed,
    "hook": hook,
    "export": export,
    "growth": growth,
    "questions": questions,
}
