"""How each program is called for the same inputs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.bench.measure import Failed, Program
from benchmarks.bench.peers import PEERS, Built, built, services
from benchmarks.startup import ROOT

_DONE = frozenset((0,))
_ANY = frozenset(range(64))
"""Statuses of peers whose bits tell of findings."""
PARLIAMENT = """
import sys
import parliament
for line in open(sys.argv[1], encoding="utf-8"):
    try:
        parliament.analyze_policy_string(line)
    except Exception:  # it knows no condition keys of the newer types
        pass
"""


class Tools:
    """iamlint's wheel and the peers; `missing` tells why one is not there."""

    def __init__(self) -> None:
        self.ours = built("iamlint", str(ROOT), fresh=True)
        self.peers: dict[str, Built] = {}
        self.missing: dict[str, Failed] = {}
        for name, requirements in PEERS.items():
            try:
                self.peers[name] = built(name, *requirements)
            except Failed as error:
                self.missing[name] = error
        validator = self.peers.get("iam-policy-validator")
        self._services = services(validator) if validator else Path()

    def program(self, name: str, folder: Path, *words: str | Path) -> dict[str, Program]:
        """One call of a peer's program by title, or of none where the peer is missing."""
        if name not in self.peers:
            return {}
        called = {"iam-policy-validator": "iam-validator"}.get(name, name)
        return {name: Program((self.peers[name].programs / called, *words), folder, _ANY)}

    def check(self, folder: Path, *words: str | Path) -> Program:
        """`iamlint check` with no configuration."""
        return Program((self.ours.programs / "iamlint", "check", "--isolated", *words), folder)

    def python(self, folder: Path, *words: str | Path) -> Program:
        """The interpreter of iamlint's environment."""
        return Program((self.ours.programs / "python", *words), folder, _DONE)

    def validator(self, folder: Path, paths: Sequence[Path]) -> dict[str, Program]:
        """`iam-policy-validator` for files or folders."""
        named = [word for path in paths for word in ("--path", path)]
        return self.program("iam-policy-validator", folder, "validate", *named, "--aws-services-dir", self._services)

    def parliament(self, folder: Path, lines: Path) -> dict[str, Program]:
        """`parliament`'s API for a policy a line; its program ends at the first one that it does not understand."""
        if "parliament" not in self.peers:
            return {}
        script = folder / "parliament_api.py"
        script.write_text(PARLIAMENT)
        return {
            "parliament (API)": Program((self.peers["parliament"].programs / "python", script, lines), folder, _DONE)
        }

    def cfn_lint(self, folder: Path, templates: Sequence[Path]) -> dict[str, Program]:
        """`cfn-lint` for templates."""
        return self.program("cfn-lint", folder, *templates)

    def checkov(self, folder: Path, terraform: Path) -> dict[str, Program]:
        """`checkov` for a folder of Terraform."""
        words = ("--framework", "terraform", "--quiet", "--compact", "--skip-download")
        return self.program("checkov", folder, "-d", terraform, *words)

    def cloudsplaining(self, folder: Path, export: Path) -> dict[str, Program]:
        """`cloudsplaining` for an account's export."""
        out = folder / "cloudsplaining"
        out.mkdir(exist_ok=True)
        return self.program("cloudsplaining", folder, "scan", "-i", export, "-o", out, "--skip-open-report")

    @property
    def versions(self) -> Mapping[str, str]:
        """Of all that are there, and why the others are not."""
        there = {"iamlint": self.ours, **self.peers}
        return {name: each.version for name, each in there.items()} | {
            name: str(why) for name, why in self.missing.items()
        }
