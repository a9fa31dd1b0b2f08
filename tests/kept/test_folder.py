"""Where results are kept, and which are not believed."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from iamlint.engine.kept.store import MOST, Store
from tests.kept.running import check, entries
from tests.support import ROOT

POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"}]}
)


@pytest.fixture
def scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scanned"
    folder.mkdir()
    (folder / "policy.json").write_text(POLICY)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CI")
    return tmp_path / "home"


linux = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the customs of Linux")


@linux
def test_the_users_cache_is_used(scanned, home):
    check("policy.json")
    assert len(entries(home / "iamlint")) == 1
    assert (home / "iamlint").stat().st_mode & 0o777 == 0o700
    assert (home / "iamlint" / "CACHEDIR.TAG").exists()


@linux
@pytest.mark.parametrize("base", ["", "relative"])
def test_without_a_cache_of_the_system_it_is_below_home(scanned, home, monkeypatch, base):
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    monkeypatch.setenv("HOME", str(home))
    check("policy.json")
    assert len(entries(home / ".cache" / "iamlint")) == 1


def test_nothing_is_kept_where_that_is_not_wanted(scanned, home, monkeypatch):
    check("policy.json", "--no-cache")
    check("policy.json", "--diff")
    monkeypatch.setenv("CI", "true")
    check("policy.json")
    assert not home.exists()


def test_a_folder_that_is_named_counts_in_ci(scanned, tmp_path):
    assert os.environ["CI"]
    check("policy.json", cache=tmp_path / "named")
    assert len(entries(tmp_path / "named")) == 1


def test_never_below_what_is_scanned(scanned, home, monkeypatch):
    result = check(".", cache=scanned / "kept")
    assert result.exit_code == 2
    assert "lies in what is scanned" in result.output
    (scanned / "link").symlink_to(scanned.parent / "elsewhere")
    (scanned.parent / "elsewhere").mkdir()
    assert check(".", cache=scanned.parent / "elsewhere").exit_code == 1
    monkeypatch.setenv("XDG_CACHE_HOME", str(scanned / "cache"))
    assert check(".").exit_code == 1
    assert not (scanned / "cache").exists()
    (scanned.parent / "into").symlink_to(scanned)
    assert check(".", cache=scanned.parent / "into" / "kept").exit_code == 2


def test_never_in_the_repository(scanned, home, monkeypatch):
    (scanned / ".git").mkdir()
    (scanned / "below").mkdir()
    monkeypatch.chdir(scanned / "below")
    assert check("../policy.json", cache=scanned / "kept").exit_code == 2
    monkeypatch.setenv("XDG_CACHE_HOME", str(scanned))
    assert check("../policy.json").exit_code == 1
    assert not (scanned / "iamlint").exists()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows tells owners in another way")
class TestOthers:
    """What others could have written is not believed."""

    @pytest.fixture
    def cache(self, scanned, tmp_path):
        """With a result that says "clean", as if it were ours."""
        cache = tmp_path / "kept"
        check("policy.json", cache=cache)
        (entry,) = entries(cache)
        store, key = Store(str(cache)), entry.parent.name + entry.name
        entry.unlink()
        store.write(key, b"1 2026-01-01\n")
        assert check("policy.json", cache=cache).exit_code == 0  # so much depends on it
        return cache

    def test_a_folder_that_others_may_write_to(self, cache):
        cache.chmod(0o777)
        result = check("policy.json", cache=cache)
        assert result.exit_code == 1
        assert "--cache-dir" in result.output

    def test_an_entry_that_others_may_write_to(self, cache):
        (entry,) = entries(cache)
        entry.chmod(0o622)
        assert check("policy.json", cache=cache).exit_code == 1

    def test_an_entry_that_is_a_link(self, cache, tmp_path):
        (entry,) = entries(cache)
        entry.rename(tmp_path / "real")
        entry.symlink_to(tmp_path / "real")
        assert check("policy.json", cache=cache).exit_code == 1

    def test_a_folder_or_entry_of_somebody_else(self, cache, monkeypatch):
        other = os.getuid() + 1
        monkeypatch.setattr(os, "getuid", lambda: other)
        result = check("policy.json", cache=cache)
        assert result.exit_code == 1
        assert "--cache-dir" in result.output


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "garbage", "folder"])
def test_damage_costs_only_time(scanned, tmp_path, damage):
    cache = tmp_path / "kept"
    plain = check("policy.json").output
    check("policy.json", cache=cache)
    (entry,) = entries(cache)
    data = entry.read_bytes()
    if damage == "folder":
        entry.unlink()
        entry.mkdir()
    else:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        entry.write_bytes({"cut": data[:-1], "flip": flipped, "empty": b"", "garbage": b"\xff\n" * 100}[damage])
    assert check("policy.json", cache=cache).output == plain
    assert check("policy.json", cache=cache).output == plain
    if damage != "folder":
        assert entry.read_bytes() == data  # it is written anew


def test_every_flipped_byte_is_noticed(tmp_path):
    store = Store(str(tmp_path))
    store.write("ab" * 32, b"1 2026-01-01\n{}")
    (entry,) = entries(tmp_path)
    data = entry.read_bytes()
    assert store.read("ab" * 32) == b"1 2026-01-01\n{}"
    for at in range(len(data)):
        entry.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        assert store.read("ab" * 32) is None


def test_a_folder_that_cannot_be_made(scanned, tmp_path):
    (tmp_path / "file").write_text("")
    result = check("policy.json", cache=tmp_path / "file" / "kept")
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_a_full_disk_costs_only_time(scanned, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    plain = check("policy.json").output
    monkeypatch.setattr("iamlint.engine.kept.store.os.replace", full)
    assert check("policy.json", cache=tmp_path / "kept").output == plain
    assert not entries(tmp_path / "kept")


def test_many_at_once(scanned, tmp_path):
    """Processes that write the same entries at the same time."""
    for number in range(30):
        (scanned / f"{number}.json").write_text(POLICY)
    command = [sys.executable, "-m", "iamlint", "check", "--isolated", "--output-format", "json"]
    command += ["--cache-dir", str(tmp_path / "kept")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen(command, cwd=scanned, stdout=subprocess.PIPE, env=environment) for _ in range(4)]
    told = {process.communicate()[0] for process in running}
    assert len(told) == 1
    assert len(entries(tmp_path / "kept")) == 31
    assert told == {subprocess.run(command, cwd=scanned, stdout=subprocess.PIPE, env=environment, check=False).stdout}


def test_old_entries_are_dropped(tmp_path):
    store = Store(str(tmp_path))
    for number in range(20):
        store.write(f"{number:064x}", b"x" * 1000)
        path = tmp_path / "v1" / "00" / f"{number:064x}"[2:]
        os.utime(path, (time.time() - 100 + number,) * 2)
    (tmp_path / "precious").write_text("not ours")
    ages = {path: path.stat().st_mtime for path in entries(tmp_path)}
    store.sweep(most=5500)
    left = entries(tmp_path)
    assert sum(path.stat().st_size for path in left) <= 5500
    assert left == set(sorted(ages, key=ages.__getitem__)[-len(left) :])
    assert len(left) == 5
    os.utime(min(left), (1, 1))
    store.sweep()
    assert len(entries(tmp_path)) == 4
    assert (tmp_path / "precious").exists()


def test_the_folder_stays_within_bounds(tmp_path, monkeypatch):
    monkeypatch.setattr("iamlint.engine.kept.store.MOST", 50_000)
    for turn in range(8):
        store = Store(str(tmp_path))
        for number in range(64):
            store.write(f"{number * 4:02x}{turn:062x}", b"x" * 1000)
        store.close()
    assert sum(path.stat().st_size for path in entries(tmp_path)) <= 50_000
    assert MOST > 50_000
