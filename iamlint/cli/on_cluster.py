"""`check --executor`: a Dask cluster that the user names looks at the files."""

from collections.abc import Sequence

import click

from iamlint.cli.chosen import Failure
from iamlint.engine.cluster import ClusterError
from iamlint.engine.spread import Job, spread
from iamlint.finding import Report

SCHEME = "dask://"


def on_cluster(executor: str, job: Job, paths: Sequence[str], read: list[str]) -> Report:
    """What the cluster at `executor` finds in the files; `read` is told of those looked at as a whole.

    Raises `BadParameter`, `Failure`, `ConfigError`.
    """
    try:
        return spread(job, paths, address(executor), read)
    except ClusterError as error:
        raise Failure(f"--executor: {error}") from error


def address(executor: str) -> str:
    """HOST:PORT of the cluster that the user names. Raises `BadParameter`."""
    host, _, port = executor.removeprefix(SCHEME).rpartition(":")
    if not executor.startswith(SCHEME) or not host or "/" in host or not port.isdecimal():
        raise click.BadParameter("a cluster is named as dask://HOST:PORT", param_hint="--executor")
    return f"{host}:{port}"
