"""Work on many things at once, by processes that have them from this one or by the machines of a cluster.

The processes are forks: what they work on is theirs without any copying, only results travel. Where a system cannot
fork safely, the work is done here.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence, Sized
from typing import Any, TypeVar

_G = TypeVar("_G")
_T = TypeVar("_T")

_work: Callable[[Any], Any] = repr
"""What the processes do; set before they are made."""


class WorkerDied(Exception):
    """A process ended before its work did, and so did the one that was to do it again."""


def processes(jobs: int | None) -> int:
    """How many processes may work: `jobs`, or one for each core this process may use; 1 where there are no forks."""
    if sys.platform in ("win32", "darwin") or not hasattr(os, "fork"):  # macOS: its libraries do not survive a fork
        return 1
    return jobs or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def results(
    work: Callable[[_G], _T], given: Sequence[_G], jobs: int, died: Callable[[], None], meanwhile: Callable[[], None]
) -> Iterator[_T]:
    """`work` of all that is `given`, in this order, by `jobs` processes; `meanwhile` runs in this one.

    More may be added to what is given while results are taken. What is raised is told by `in_order`. What is given and
    what comes of it must be of types that `pickle` takes.
    """
    import gc

    def submit(pool: Any, index: int) -> Any:
        return pool.submit(_call, given[index])

    global _work
    _work = work
    collecting = gc.isenabled()
    gc.disable()  # nothing that arrives is garbage
    try:
        yield from in_order(submit, given, lambda: _pool(jobs), died, meanwhile)
    finally:
        _work = repr
        if collecting:
            gc.freeze()  # nor is it looked through afterwards: now it is of the oldest objects
            gc.unfreeze()
            gc.enable()


def in_order(
    submit: Callable[[Any, int], Any],
    given: Sized,
    pool: Callable[[], Any],
    died: Callable[[], None],
    meanwhile: Callable[[], None] = lambda: None,
    ahead: int | None = None,
) -> Iterator[Any]:
    """What the futures that `submit` makes for the indices of what is given come to, in this order.

    `pool` makes what `submit` is handed: an executor of `concurrent.futures`. `meanwhile` is called once, while that
    works. `ahead`: how many are submitted before the first result is taken; None: all. `died` is called where a process
    ended before its work did, which is then done again, once: after that `WorkerDied`. What the work raises is raised
    here.
    """
    from concurrent.futures import BrokenExecutor

    done = 0
    is_first = True
    for attempt in range(2):
        executor = pool()
        waiting: deque[Any] = deque()
        try:
            while done < len(given):
                most = len(given) - done if ahead is None else min(ahead, len(given) - done)
                while len(waiting) < most:
                    waiting.append(submit(executor, done + len(waiting)))
                if is_first:
                    is_first = False
                    meanwhile()
                result = waiting.popleft().result()
                done += 1
                yield result
            return
        except BrokenExecutor as error:
            if attempt:
                raise WorkerDied("a process ended before its work did, twice: is there enough memory?") from error
            died()
        finally:
            executor.shutdown(cancel_futures=True)


def _pool(jobs: int) -> Any:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork"))


def _call(given: Any) -> Any:
    return _work(given)
