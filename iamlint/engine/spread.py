"""Parcels of files to the workers of a Dask cluster, and what these find to one report.

The cluster is trusted with the policies and with running code: what travels is pickled, in both directions.
"""

import pickle
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from iamlint import __version__
from iamlint.config import Settings
from iamlint.engine.cluster import Cluster, ClusterError, WorkersDied
from iamlint.engine.part import Part, together
from iamlint.engine.run import Run
from iamlint.engine.workers import WorkerDied, in_order
from iamlint.finding import Report, RunError
from iamlint.load.parcels import Packed, Parcel, Parcels, events, packed, shared_exports
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from iamlint.rule import Rule

_AHEAD = 3
"""Parcels for each thread of the cluster that are sent before the first result is taken."""
_one_at_a_time = threading.Lock()
"""What runs keep between them is made for one thread."""


class Job(NamedTuple):
    """What is to be done with every parcel. `accounts` are all whose exports are at hand."""

    settings: Settings
    selection: tuple[Sequence[str], Sequence[str], Sequence[str], bool]
    policy_kind: str | None
    as_of_data: str | None
    as_of: "datetime | None"
    pins: bool
    rewrites: bool
    accounts: tuple[str, ...] = ()


class OtherVersions(NamedTuple):
    """What a worker answers that has other versions of the program or of the data about AWS."""

    program: str
    data: str


def versions() -> tuple[str, str]:
    """The program's and the data's."""
    from iamlint.aws.installed import version

    return __version__, version()[0]


def check_parcel(expected: tuple[str, str], job: bytes, parcel: bytes) -> bytes:
    """The `Part` that the files of a parcel come to, or `OtherVersions`; runs on the cluster. Raises `ConfigError`.

    Everything is pickled by `pickle` itself: nothing is looked into before the versions are known to be the same.
    """
    own = versions()
    if own != expected:
        return pickle.dumps(OtherVersions(*own))
    with _one_at_a_time:
        told: Job = pickle.loads(job)  # noqa: S301  # the user named this cluster, and it has our code run
        run = Run(
            told.settings,
            _rules(job),
            told.as_of_data,
            told.as_of,
            pins=told.pins,
            rewrites=told.rewrites,
            accounts=told.accounts,
        )
        given: Packed = pickle.loads(parcel)  # noqa: S301
        for event in events(given, told.settings, told.policy_kind):
            run.add(event)
        for export in shared_exports(given, told.settings, told.policy_kind):
            run.add_shared(export)
        return pickle.dumps(run.part(), protocol=pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=2)
def _rules(job: bytes) -> "Mapping[str, Rule]":
    from iamlint.engine.registry import load_rules
    from iamlint.engine.select import select

    told: Job = pickle.loads(job)  # noqa: S301
    selected, ignored, extended, preview = told.selection
    return select(
        load_rules(told.settings),
        told.settings,
        selected=selected,
        ignored=ignored,
        extended=extended,
        preview=preview,
    )


def spread(job: Job, paths: Sequence[str], address: str, read: list[str]) -> Report:
    """What is found in all that the user named, by the cluster at `address` (HOST:PORT).

    `read` is told of the files that were looked at as a whole. Raises `ClusterError`, and what a worker raises.
    """
    parcels = Parcels(job.settings)
    cut = parcels.of(paths)
    notes: list[str] = []
    with Cluster(address) as cluster:
        known = tuple(sorted({parcel.account for parcel in cut if parcel.account}))
        parts = _parts(cluster, job._replace(accounts=known), cut, notes)
        found = sorted(id_ for part in parts for id_ in part.ids)
        if len(set(found)) < len(found) or (len(found) > 1 and "" in found):
            # Parcels share an account, or one names none: their files depend on each other.
            parts = _parts(cluster, job, parcels.whole(cut), notes)
        elif tuple(found) != known:
            parts = _parts(cluster, job._replace(accounts=tuple(found)), cut, notes)
        if cluster.lost:
            notes.append("a worker of the cluster went away: what it had not done was handed to others")
    read += (name for part in parts for name in part.read)
    own = Report((), {}, errors=parcels.errors, skipped=parcels.skipped, notes=(*parcels.notes, *notes))
    return together(parts, own, parcels.order, parcels.order_of_skipped, job.settings)


def _parts(cluster: Cluster, job: Job, parcels: Sequence[Parcel], notes: list[str]) -> list[Part]:
    """What each parcel came to; one that is not done is told as such. Raises `ClusterError`."""
    found: list[Part] = []
    own, told = versions(), pickle.dumps(job)

    def submit(pool: Any, index: int) -> Any:
        return pool.submit(check_parcel, own, told, pickle.dumps(packed(parcels[index])))

    def died() -> None:
        notes.append("the cluster had no workers left: what they had not done was handed out again")

    def not_done(parcel: Parcel, why: object) -> Part:
        return Part.of_errors([RunError("internal", name, f"not checked: {why}") for name in parcel.shown])

    try:
        for answer in in_order(submit, parcels, cluster.executor, died, ahead=cluster.threads * _AHEAD):
            if isinstance(answer, WorkersDied):
                found.append(not_done(parcels[len(found)], answer.message))
                continue
            part = pickle.loads(answer)  # noqa: S301  # the user named this cluster
            if isinstance(part, OtherVersions):
                theirs = f"iamlint {part.program} with AWS's lists of {part.data}"
                raise ClusterError(f"a worker has {theirs}, here is iamlint {own[0]} with those of {own[1]}")
            found.append(part)
    except WorkerDied as error:
        found += [not_done(parcel, error.__cause__ or error) for parcel in parcels[len(found) :]]
    return found
