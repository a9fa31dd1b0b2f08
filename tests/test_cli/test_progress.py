"""Long runs on a terminal: one line that says what is done, none elsewhere; Ctrl-C ends them with one message."""

import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from iamlint.cli import main
from iamlint.cli.output import output
from iamlint.cli.progress import reading

pty = pytest.importorskip("pty", reason="there are no such terminals here")

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


class Running:
    """`iamlint` that waits for standard input, its standard error on a terminal."""

    def __init__(self, arguments, folder, **environment):
        here, there = pty.openpty()
        names = {name: value for name, value in os.environ.items() if name not in ("CI", "TERM")}
        self.terminal = here
        self.process = subprocess.Popen(
            [sys.executable, "-m", "iamlint", *arguments],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=there,
            env={**names, "TERM": "xterm", **environment},
        )
        os.close(there)
        self.shown = b""

    def until(self, text, seconds=20):
        """Waits until the terminal shows `text`."""
        os.set_blocking(self.terminal, False)
        end = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < end:
            self._read()
            time.sleep(0.02)
        assert text in self.shown, self.shown

    def _read(self):
        try:
            self.shown += os.read(self.terminal, 4096)
        except OSError:  # nothing there, or closed at the other end
            return

    def end(self):
        """The exit status, once all that was shown is read."""
        status = self.process.wait(20)
        os.set_blocking(self.terminal, False)
        self._read()
        os.close(self.terminal)
        self.process.stdin.close()
        self.process.stdout.close()
        return status


CHECK = ["check", "--isolated", "--no-cache", "-"]


def test_a_line_that_is_gone_afterwards(tmp_path):
    running = Running(CHECK, tmp_path)
    running.until(b"\r\x1b[Kreading: 0 files, 1 s")
    running.process.stdin.write(POLICY.encode())
    running.process.stdin.close()
    assert b"wildcard" in running.process.stdout.read()
    assert running.end() == 1
    assert running.shown.endswith(b"\r\x1b[K")


@pytest.mark.parametrize("environment", [{"CI": "1"}, {"TERM": "dumb"}])
def test_none_in_a_build(tmp_path, environment):
    running = Running(CHECK, tmp_path, **environment)
    time.sleep(1.6)
    running.process.stdin.write(POLICY.encode())
    running.process.stdin.close()
    assert running.end() == 1
    assert running.shown == b""


@pytest.mark.parametrize("place", [[], ["--output-file", "out.json"]])
def test_an_interruption_is_one_line(tmp_path, place):
    (tmp_path / "out.json").write_text("of the last run")
    running = Running([*CHECK, *place], tmp_path)
    running.until(b"reading")
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 130
    assert running.shown.endswith(b"\r\x1b[KError: interrupted\r\n")
    assert running.shown.count(b"\n") == 1
    assert (tmp_path / "out.json").read_text() == "of the last run"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_lockdown_is_interrupted(tmp_path):
    os.mkfifo(tmp_path / "register.toml")  # nobody ever writes there
    (tmp_path / "gaad.json").write_text(
        '{"UserDetailList":[{"UserName":"a","Arn":"arn:aws:iam::111122223333:user/a"}]}'
    )
    running = Running(["lockdown", "gaad.json", "--out", "out", "--register", "register.toml", "--isolated"], tmp_path)
    running.until(b" s")
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 130
    assert running.shown.endswith(b"Error: interrupted; nothing was written\r\n")
    assert not (tmp_path / "out").exists()


def test_names_of_files_are_harmless():
    shown = reading(["in/\x1b]0;owned\x07\u202e.json"])
    assert shown.isprintable()
    assert "2 files" in reading(["a", "b"])


def test_a_report_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    path.chmod(0o640)

    def interrupted():
        with output(str(path)) as out:
            out.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    with output(str(path)) as out:
        out.write("new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    link = tmp_path / "link"
    link.symlink_to(path)
    with output(str(link)) as out:
        out.write("linked")
    assert link.is_symlink()
    assert path.read_text() == "linked"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link", "report.json"]


def test_what_is_no_file_is_written_to(tmp_path):
    with output("/dev/null") as out:
        out.write("gone")
    assert not os.path.isfile("/dev/null")


def test_an_interruption_within_a_query(tmp_path, monkeypatch):
    """DuckDB tells Ctrl-C as an error of its own."""
    run = pytest.importorskip("iamlint.usage.run", reason="needs DuckDB")

    def collect(*_, **__):
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(run, "collect", collect)
    done = CliRunner().invoke(main, ["usage", str(tmp_path)])
    assert (done.exit_code, done.stderr) == (130, "Error: interrupted\n")
