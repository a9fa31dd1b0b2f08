"""A Dask cluster as an executor of `concurrent.futures`. Every wait for it has a bound."""

import asyncio
import logging
import time
import warnings
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError
from importlib import import_module
from typing import Any

_SECONDS = 20
"""To wait for an answer of the scheduler."""
_WITHOUT = 20
"""Seconds to wait for workers where none are left."""
_LONGEST = 1800
"""Seconds to wait for one parcel: what takes longer is not at work any more."""
_LOOK = 2
"""Seconds after which the cluster is looked at while there is no result."""


class ClusterError(Exception):
    """A cluster that is not there or cannot be used; the message is told to the user."""


class WorkersDied:
    """The result of work that one worker after the other went away with."""

    message = "the workers of the cluster that took it up went away, one after the other: is there enough memory?"


class Cluster:
    """The cluster whose scheduler listens at HOST:PORT, as Dask's own configuration says how. Raises `ClusterError`."""

    def __init__(self, address: str) -> None:
        try:
            client: Any = import_module("distributed").Client
        except ImportError as error:
            raise ClusterError("--executor needs Dask: pip install 'iamlint[dask]'") from error
        self._address = address
        self._workers: dict[str, int] = {}
        self._disabled = logging.root.manager.disable
        logging.disable(logging.CRITICAL)  # what goes wrong is told by this program, once
        try:
            asyncio.run(_asked(address))  # a client that fails to connect is not rid of in less than a minute
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of other versions of libraries that play no part here
                self._client: Any = client(address, timeout=_SECONDS, set_as_default=False)
        except Exception as error:  # what listens there may answer anything
            logging.disable(self._disabled)
            raise ClusterError(f"no Dask cluster answers at {address}: {_reason(error)}") from error

    def __enter__(self) -> "Cluster":
        try:
            self._workers = self._with_threads()
            if not self._workers:
                raise ClusterError(f"the cluster at {self._address} has no workers")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._client.close(timeout=_SECONDS)
        except (OSError, TimeoutError):  # it is gone already
            pass
        finally:
            logging.disable(self._disabled)

    @property
    def threads(self) -> int:
        """How many parcels may be worked on at once."""
        return max(1, sum(self._workers.values()))

    @property
    def lost(self) -> bool:
        """True iff a worker that was there at first is not now."""
        return not self._workers.keys() <= self._with_threads().keys()

    def executor(self) -> "_Executor":
        """A fresh executor; ending it gives up what it has not done, and leaves the cluster as it is."""
        return _Executor(self._client.get_executor(pure=False), self.workers)

    def workers(self) -> int:
        """How many there are. Raises `ClusterError` where nobody answers."""
        return len(self._with_threads())

    def _with_threads(self) -> dict[str, int]:
        """The workers by address, with their threads."""
        try:
            found: dict[str, int] = self._client.sync(self._client.scheduler.ncores, callback_timeout=_SECONDS)
        except (OSError, TimeoutError, RuntimeError) as error:
            raise ClusterError(f"the cluster at {self._address} does not answer any more: {_reason(error)}") from error
        return found


class _Executor:
    def __init__(self, executor: Any, workers: Callable[[], int]) -> None:
        self._executor = executor
        self._workers = workers
        self._open: set[Any] = set()

    def submit(self, work: Callable[..., Any], *arguments: object) -> "_Future":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the files are large, which are what there is to send
            future = self._executor.submit(work, *arguments)
        self._open.add(future)
        return _Future(future, self._workers, self._open.discard)

    def shutdown(self, cancel_futures: bool = True) -> None:
        """Gives up what is not done."""
        for future in self._open:
            future.cancel()


class _Future:
    def __init__(self, future: Any, workers: Callable[[], int], done: Callable[[Any], None]) -> None:
        self._future = future
        self._workers = workers
        self._done = done

    def result(self) -> Any:
        """The result, or `WorkersDied`. Raises `ClusterError`, `BrokenExecutor` without workers, and its own errors.

        Dask hands out anew what a worker had that went away.
        """
        lost: Any = import_module("distributed").KilledWorker
        closed: Any = import_module("distributed.comm.core").CommClosedError
        start = time.monotonic()
        seen = start
        while True:
            try:
                result = self._future.result(timeout=_LOOK)
            except TimeoutError:
                now = time.monotonic()
                if self._workers():
                    seen = now
                elif now - seen > _WITHOUT:
                    raise BrokenExecutor(f"the cluster has had no workers for {_WITHOUT} s") from None
                if now - start > _LONGEST:
                    raise ClusterError(f"the cluster gave no result in {_LONGEST} s") from None
            except lost:
                return WorkersDied()
            except (closed, CancelledError) as error:
                raise ClusterError("the connection to the cluster was lost") from error
            except (ImportError, AttributeError) as error:
                raise ClusterError(f"a worker cannot load iamlint as it is here: {_reason(error)}") from error
            else:
                self._done(self._future)
                return result


async def _asked(address: str) -> None:
    """Asks the scheduler for its workers. Raises whatever goes wrong there."""
    scheduler: Any = import_module("distributed.core").rpc(address, timeout=_SECONDS)
    try:
        await asyncio.wait_for(scheduler.ncores(), _SECONDS)
    finally:
        await scheduler.close_rpc()


def _reason(error: BaseException) -> str:
    from iamlint.syntax import printable

    return printable((str(error) or type(error).__name__).splitlines()[0])
