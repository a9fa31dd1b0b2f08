"""What `iamlint check` costs on one small file, against `python -c "import click"`: CPU time of whole processes.

Runs on an installed wheel with compiled files, alternately with the yardstick, and takes medians.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

POLICIES: Mapping[str, str] = {
    "clean": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",'
    '"Resource":"arn:aws:s3:::example-bucket/*"}]}',
    "wildcard": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    "misspelt ec2 action": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Action":"ec2:DescribeInstnaces","Resource":"*"}]}',
}
ROUNDS = 25
ROOT = Path(__file__).resolve().parents[1]


def cpu_seconds(command: list[str], folder: Path) -> float:
    """User and system time of one run of `command`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def installed(folder: Path) -> Path:
    """A fresh environment with the wheel of this checkout; its `bin`."""
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pip = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(ROOT)], check=True)
    return folder / "venv" / "bin"


def main() -> None:
    """Prints a line per policy: CPU milliseconds and the ratio to the yardstick."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = installed(folder)
        yardstick = [str(programs / "python"), "-c", "import click"]
        commands = {"import click": yardstick}
        for title, text in POLICIES.items():
            path = folder / f"{title.replace(' ', '-')}.json"
            path.write_text(text)
            commands[title] = [str(programs / "iamlint"), "check", "--isolated", path.name]
        times: dict[str, list[float]] = {title: [] for title in commands}
        for turn in range(ROUNDS + 1):
            for title, command in commands.items():
                spent = cpu_seconds(command, folder)
                if turn:  # the first turn writes compiled files
                    times[title].append(spent)
        base = statistics.median(times["import click"])
        print("| start-up | CPU ms, median | ratio |\n| --- | ---: | ---: |")
        for title, spent in times.items():
            middle = statistics.median(spent)
            print(f"| {title} | {middle * 1000:.1f} | {middle / base:.2f} |")


if __name__ == "__main__":
    main()
