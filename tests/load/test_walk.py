"""Which files of a folder are checked, and what is said of the others."""

import os

import pytest

from iamlint.config import Settings
from iamlint.finding import RunError, Skipped
from iamlint.load import LoadedFile, Loader

POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Makes files with the names given, and checks paths from there."""
    # A place with names that are left out: only what lies below the start may count.
    root = tmp_path / "build" / "venv"
    root.mkdir(parents=True)
    monkeypatch.chdir(root)

    def make(*names, text=POLICY):
        for name in names:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return root

    return make


def events(*paths, settings=None, **options):
    loader = Loader(settings or Settings(root=os.getcwd()), **options)
    return list(loader.load(paths or (".",))), loader


def checked(*paths, **options):
    return [event.path for event in events(*paths, **options)[0] if isinstance(event, LoadedFile) and event.documents]


def skipped(*paths, **options):
    return {event.path: event.reason for event in events(*paths, **options)[0] if isinstance(event, Skipped)}


def test_names_in_order(tree):
    tree("b.json", "a/z.json", "a/b/c.json", "a-b.json", "c.txt", "d.JSON")
    assert checked() == ["a/b/c.json", "a/z.json", "a-b.json", "b.json"]


def test_default_excludes(tree):
    tree("node_modules/p.json", "sub/.venv/p.json", "build/p.json", ".terraform/p.json", "buildings/p.json")
    assert checked() == ["buildings/p.json"]


def test_what_is_named_is_checked(tree):
    tree("build/p.json", "node_modules/x/q.txt")
    assert checked("build") == ["build/p.json"]
    assert checked("build/p.json", "node_modules/x/q.txt") == ["build/p.json", "node_modules/x/q.txt"]


def test_a_folder_elsewhere_is_not_judged_by_its_own_place(tree, tmp_path):
    tree("p.json")
    other = tmp_path / "dist" / "policies"
    other.mkdir(parents=True)
    (other / "q.json").write_text(POLICY)
    assert checked(str(other)) == [f"{other}/q.json"]


def test_force_exclude(tree):
    root = tree("build/p.json", "q.json")
    paths = ("build/p.json", "q.json")
    assert checked(*paths, force_exclude=True) == ["q.json"]
    assert skipped(*paths, force_exclude=True) == {"build/p.json": "excluded by the configuration"}
    excluding = Settings(root=str(root), extend_exclude=("q.json",))
    assert checked(*paths, force_exclude=True, settings=excluding) == []


def test_include_and_exclude_start_at_the_configuration(tree, monkeypatch):
    root = tree("iam/a.policy", "iam/b.json", "other/iam/c.policy", "iam/old/d.policy")
    settings = Settings(root=str(root), include=("/iam/**/*.policy",), extend_exclude=("iam/old",))
    assert checked(settings=settings) == ["iam/a.policy"]
    monkeypatch.chdir(root / "iam")
    assert checked(settings=settings) == ["a.policy"]


def test_gitignore(tree):
    root = tree("a.json", "gen/b.json", "gen/keep.json", "sub/gen/c.json", "sub/d.json", "sub/e.json")
    (root / ".gitignore").write_text("/gen/*\n!keep.json\nd.json\n")
    (root / "sub" / ".gitignore").write_text("!d.json\ne.json\n")
    assert checked() == ["a.json", "gen/keep.json", "sub/d.json", "sub/gen/c.json"]
    assert checked("sub/e.json") == ["sub/e.json"]


def test_gitignore_from_above_counts_within_the_repository_only(tree):
    root = tree("repo/sub/a.json", "repo/sub/b.json")
    (root / ".gitignore").write_text("a.json\n")
    (root / "repo" / ".gitignore").write_text("sub/b.json\n")
    assert checked("repo/sub") == ["repo/sub/a.json", "repo/sub/b.json"]
    (root / "repo" / ".git").mkdir()
    assert checked("repo/sub") == ["repo/sub/a.json"]


def test_links(tree):
    root = tree("inside/a.json", "outside/b.json")
    inside = root / "inside"
    for name, target in {
        "loop": ".",
        "away": "../outside",
        "away.json": "../outside/b.json",
        "circle.json": "circle.json",
        "nowhere.json": "gone.json",
        "same.json": "a.json",
    }.items():
        (inside / name).symlink_to(target)
    assert checked("inside") == ["inside/a.json"]
    told = skipped("inside")
    assert set(told) == {f"inside/{name}" for name in ("loop", "away", "away.json", "circle.json", "nowhere.json")}
    assert checked("inside/away.json") == ["inside/away.json"]


def test_pipes_do_not_hang(tree):
    os.mkfifo(tree("a.json") / "pipe.json")
    assert checked() == ["a.json"]
    assert skipped() == {"pipe.json": "not a regular file"}


def test_what_cannot_be_read_is_an_error(tree):
    tree("a.json")
    found, _ = events("a.json", "gone.json", "nul\0.json")
    errors = [event for event in found if isinstance(event, RunError)]
    assert [error.kind for error in errors] == ["input", "input"]
    assert "gone.json" in errors[0].path


def test_each_file_once(tree):
    tree("a/p.json", "a/q.json")
    assert checked("a/q.json", "a", "a/p.json") == ["a/q.json", "a/p.json"]


def test_nested_configurations_are_noted(tree):
    root = tree("a.json")
    for name, text in {
        "iamlint.toml": "",
        "x/.iamlint.toml": "",
        "y/pyproject.toml": "[tool.iamlint]\n",
        "z/pyproject.toml": "[project]\nname = 'iamlint-user'\n",
    }.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    _, loader = events(settings=Settings(root=str(root), path=str(root / "iamlint.toml")))
    assert [note.partition(" ")[0] for note in loader.notes] == ["x/.iamlint.toml", "y/pyproject.toml"]


def test_policy_kinds_start_at_the_configuration(tree, monkeypatch):
    root = tree("scps/a.json", "b.json")
    settings = Settings(root=str(root), policy_kinds=(("scps/**", "scp"), ("b.json", "boundary")))

    def kinds(*paths, **options):
        found, _ = events(*paths, settings=settings, **options)
        return [document.kind for event in found if isinstance(event, LoadedFile) for document in event.documents]

    assert kinds() == ["boundary", "scp"]
    assert kinds(kind="rcp") == ["rcp", "rcp"]
    monkeypatch.chdir(root / "scps")
    assert kinds("a.json") == ["scp"]
    assert kinds(str(root / "scps" / "a.json")) == ["scp"]


def test_standard_input(tree, monkeypatch):
    tree()

    class Stdin:
        import io

        buffer = io.BytesIO(POLICY.encode())

    monkeypatch.setattr("sys.stdin", Stdin)
    assert checked("-", stdin_name="x/y.json") == ["x/y.json"]
