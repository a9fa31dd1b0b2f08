"""The command with a folder for results, and what lies in it."""

from pathlib import Path

from click.testing import CliRunner, Result

from iamlint.cli import main


def check(*arguments: object, cache: Path | None = None) -> Result:
    """`iamlint check` with these arguments; `cache` is the folder of `--cache-dir`."""
    kept = () if cache is None else ("--cache-dir", str(cache))
    result = CliRunner().invoke(main, ["check", *map(str, arguments), *kept])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def entries(cache: Path) -> set[Path]:
    """The files of the results in a folder."""
    return {path for path in cache.glob("v1/*/*") if path.is_file()}
