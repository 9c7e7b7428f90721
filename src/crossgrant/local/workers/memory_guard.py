"""Memory enforcement: look at the busy workers' resident memory while there are any, and tell each what it uses."""

import asyncio
from typing import Protocol

from crossgrant.local.workers.process_group import members, resident_memory

_INTERVAL = 0.05
_MEBIBYTE = 1024 * 1024


class Watched(Protocol):
    """A worker, as the guard sees it."""

    @property
    def pid(self) -> int:
        """Return the process id, which is the id of the process group too."""

    @property
    def busy(self) -> bool:
        """Return whether the worker loads its handler or serves an event."""

    @property
    def busy_for(self) -> float:
        """Return for how many seconds it has done so without a pause."""

    @property
    def memory_size(self) -> int:
        """Return the mebibytes that it may use."""

    def uses_memory(self, mebibytes: int) -> None:
        """Take note of the memory in use."""


class MemoryGuard:
    """Sample the workers that were added, every 50 ms as long as one of them is busy."""

    def __init__(self) -> None:
        self._workers: set[Watched] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, worker: Watched) -> None:
        """Watch `worker` from now on."""
        self._workers.add(worker)
        self.wake()

    def remove(self, worker: Watched) -> None:
        """Stop watching `worker`."""
        self._workers.discard(worker)

    def wake(self) -> None:
        """Take note that a worker became busy."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_INTERVAL, self._sample)

    def close(self) -> None:
        """Stop sampling."""
        self._workers.clear()
        if self._timer is not None:
            self._timer.cancel()

    def measure(self, worker: Watched) -> None:
        """Measure the process of one worker now, without what it forked."""
        _tell(worker, [worker.pid])

    def _sample(self) -> None:
        self._timer = None
        # Events that take less than half an interval leave no time to fill a memory, and most take less.
        busy = {worker.pid: worker for worker in self._workers if worker.busy_for > _INTERVAL / 2}
        if busy:
            for leader, pids in members(busy).items():
                _tell(busy[leader], pids)
        if any(worker.busy for worker in self._workers):
            self.wake()


def _tell(worker: Watched, pids: list[int]) -> None:
    worker.uses_memory(-(-resident_memory(pids, worker.memory_size * _MEBIBYTE) // _MEBIBYTE))
