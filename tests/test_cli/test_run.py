"""The program as a process: it ends at once, and says what was not written."""

import subprocess
import sys
from pathlib import Path

import pytest

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def run(arguments, **options):
    command = [sys.executable, "-m", "iamlint", "check", "--isolated", *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize("format_", ["text", "json", "sarif"])
def test_what_cannot_be_written_is_said(tmp_path, format_):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no device that is always full here")
    (tmp_path / "a.json").write_text(POLICY)
    with full.open("w") as out:
        done = run(["--output-format", format_, "a.json"], cwd=tmp_path, stdout=out)
    assert done.returncode == 2
    assert done.stderr == "iamlint: the output could not be written: No space left on device\n"


def test_a_reader_may_leave(tmp_path):
    (tmp_path / "a.json").write_text(POLICY)
    command = [sys.executable, "-m", "iamlint", "check", "--isolated", "--output-format", "json", "a.json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 1


def test_what_others_registered_for_the_end_is_done(tmp_path):
    (tmp_path / "a.json").write_text(POLICY)
    code = "import atexit, sys; from iamlint.cli import run; atexit.register(print, 'last'); run()"
    command = [sys.executable, "-c", code, "check", "--isolated", "a.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.endswith("last\n")
    assert done.returncode == 1
