"""What `check` was asked for."""

from iamlint.record import NamedTuple


class Asked(NamedTuple):
    """The arguments and options of `check`, by the names of its parameters; `iamlint check --help` explains each."""

    paths: tuple[str, ...]
    output_format: str
    output_file: str | None
    reports: tuple[str, ...]
    selected: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    min_severity: str | None
    fail_on: str | None
    policy_kind: str | None
    preview: bool
    fix: bool
    diff: bool
    unsafe_fixes: bool
    accept_wider: tuple[str, ...]
    usage: str | None
    holders: tuple[str, ...]
    rewrites: bool | None
    force: bool
    show_suppressed: bool
    no_exceptions: bool
    add_exceptions: bool
    reason: str | None
    baseline: str | None
    update_baseline: bool
    add_to_baseline: bool
    statistics: bool
    exit_zero: bool
    require_complete: bool
    config_path: str | None
    isolated: bool
    register: str | None
    force_exclude: bool
    stdin_filename: str | None
    as_of: str | None
    as_of_data: str | None
    jobs: str
    executor: str | None
    no_cache: bool
    cache_dir: str | None
    redact: bool | None
    sarif_category: str | None
    sarif_max_results: int
    sarif_suppressed: bool
    sarif_fingerprint: str
