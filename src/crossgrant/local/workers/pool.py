"""The workers of one gateway: warm ones are used again, others started, and all ended with the gateway."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from crossgrant.local.workers.deployment import Credentials, Deployment, Invocation, Outcome
from crossgrant.local.workers.interpreter import Interpreters
from crossgrant.local.workers.memory_guard import MemoryGuard
from crossgrant.local.workers.reaper import Reaper
from crossgrant.local.workers.runtime_folder import make_runtime_folder
from crossgrant.local.workers.worker import Host, Worker, WriteLog

# Lambda lets an account run 1,000; a machine that runs functions for its developer is well served by these.
WORKER_LIMIT = 64

# How long a worker may wait for its next event, and how often that is looked at, in seconds.
IDLE_LIMIT = 600.0
IDLE_CHECK = 60.0

# How long before the execution role's session ends a worker gets no more events, beyond the function's timeout.
_CREDENTIALS_MARGIN = 300.0


class TooManyWorkersError(Exception):
    """Every worker that may run is serving an event."""


class WorkerPool:
    """Give events to workers. `endpoint` is the gateway's URL, `clock` its clock."""

    def __init__(self, endpoint: str, clock: Callable[[], float], write_log: WriteLog) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._write_log = write_log
        self._interpreters = Interpreters()
        self._workers: dict[str, list[Worker]] = {}
        self._running: set[Worker] = set()
        self._starting = 0
        self._idle_check: asyncio.TimerHandle | None = None
        self._host: Host | None = None

    async def invoke(
        self,
        deployment: Deployment,
        invocation: Invocation,
        *,
        code: Callable[[], bytes],
        credentials: Callable[[], Credentials],
        tail: bool = False,
    ) -> Outcome:
        """Serve one event in a warm worker or in a new one, which takes `code` and `credentials`."""
        worker = self._warm_worker(deployment)
        if worker is None:
            worker = await self._start(deployment, code, credentials)
        return await worker.invoke(invocation, tail=tail)

    def retire(self, function_arn: str) -> None:
        """Give the function's workers no more events."""
        for worker in self._workers.pop(function_arn, ()):
            worker.retire()

    def settle(self) -> None:
        """Complete the logs of all invocations that ended."""
        for worker in self._running:
            worker.settle()

    def retire_all(self) -> None:
        """Give no worker any more events."""
        for function_arn in tuple(self._workers):
            self.retire(function_arn)

    async def close(self) -> None:
        """End all workers and remove their folder."""
        if self._idle_check is not None:
            self._idle_check.cancel()
        for worker in self._running:
            worker.kill()
        await asyncio.gather(*(worker.ended() for worker in self._running))
        if self._host is not None:
            self._host.guard.close()
            self._host.reaper.close()
            self._host = None

    def _warm_worker(self, deployment: Deployment) -> Worker | None:
        workers = self._workers.get(deployment.function_arn, [])
        for worker in workers[::-1]:
            if worker.deployment.revision_id != deployment.revision_id or self._credentials_end(worker):
                workers.remove(worker)
                worker.retire()
            elif worker.idle:
                return worker
        return None

    def _credentials_end(self, worker: Worker) -> bool:
        last_use = self._clock() + worker.deployment.timeout + _CREDENTIALS_MARGIN
        return last_use > worker.credentials.expires

    async def _start(
        self, deployment: Deployment, code: Callable[[], bytes], credentials: Callable[[], Credentials]
    ) -> Worker:
        self._make_room()
        host = self._open()
        self._starting += 1
        try:
            interpreter = await self._interpreters.find(deployment.runtime)
            worker = await Worker.start(deployment, credentials(), code(), interpreter, host)
        finally:
            self._starting -= 1
        self._running.add(worker)
        worker.when_ended(self._forget)
        if self._idle_check is None:
            self._idle_check = asyncio.get_running_loop().call_later(IDLE_CHECK, self._end_idle)
        self._workers.setdefault(deployment.function_arn, []).append(worker)
        return worker

    def _end_idle(self) -> None:
        """End the workers that wait for long, and look again as long as there are any."""
        for worker in self._running:
            if worker.idle_for > IDLE_LIMIT:
                worker.kill()
        self._idle_check = asyncio.get_running_loop().call_later(IDLE_CHECK, self._end_idle) if self._running else None

    def _forget(self, worker: Worker) -> None:
        self._running.discard(worker)
        workers = self._workers.get(worker.deployment.function_arn, [])
        if worker in workers:
            workers.remove(worker)

    def _make_room(self) -> None:
        """Keep within `WORKER_LIMIT`, at the cost of an idle worker if need be."""
        running = [worker for worker in self._running if not worker.over]
        if len(running) + self._starting < WORKER_LIMIT:
            return
        idle = next((worker for worker in running if worker.idle), None)
        if idle is None:
            raise TooManyWorkersError
        idle.kill()

    def _open(self) -> Host:
        if self._host is None:
            folder = Path(tempfile.mkdtemp(prefix="crossgrant-workers-"))
            runtime_folder = folder / "runtime"
            make_runtime_folder(runtime_folder)
            self._host = Host(self._endpoint, folder, runtime_folder, Reaper(folder), MemoryGuard(), self._write_log)
        return self._host
