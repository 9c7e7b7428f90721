"""A worker: one execution environment of one function revision, which serves one event at a time.

It is a process in a process group of its own, with a folder, a Runtime API and a log. Whatever ends an invocation (a
response, an error, the process's exit, time, memory) ends it once, in `_end`; its log is completed once its outcome
is on its way, in `settle`.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import asyncio
import json
import secrets
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crossgrant.local.workers.deployment import Credentials, Deployment, Invocation, Outcome
from crossgrant.local.workers.deployment_package import unpack
from crossgrant.local.workers.environment import Surroundings, worker_environment
from crossgrant.local.workers.exit_reason import exit_reason
from crossgrant.local.workers.interpreter import PRESENT, Interpreter
from crossgrant.local.workers.log_decoder import LogEvent
from crossgrant.local.workers.memory_guard import MemoryGuard
from crossgrant.local.workers.platform_log import PlatformLog, Report
from crossgrant.local.workers.process_group import kill_group
from crossgrant.local.workers.reaper import Reaper
from crossgrant.local.workers.runtime_api import RESPONSE_LIMIT, RuntimeApi
from crossgrant.local.workers.runtime_folder import BOOTSTRAP
from crossgrant.local.workers.worker_log import WorkerLog

WriteLog = Callable[["Worker", list[LogEvent]], None]
"""Takes a worker, which has a log stream of its own, and events."""

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib: Lambda starts over
# with the function's own timeout when loading the handler takes longer; here it goes on for that long.
INIT_LIMIT = 10.0

_SETTLE_AFTER = 0.02  # seconds, unless the next event comes before


@dataclass(frozen=True, slots=True)
class Host:
    """What the workers of one gateway share."""

    endpoint: str
    folder: Path
    runtime_folder: Path
    reaper: Reaper
    guard: MemoryGuard
    write_log: WriteLog


@dataclass(slots=True)
class _Current:
    """The invocation at hand."""

    invocation: Invocation
    outcome: asyncio.Future[Outcome]
    started: float | None = None
    report: Report | None = None


class Worker:
    """Make one with `start`, then give it events with `invoke` when it is `idle`, or new."""

    def __init__(self, deployment: Deployment, credentials: Credentials, interpreter: Interpreter, host: Host) -> None:
        self.deployment = deployment
        self.credentials = credentials
        self.log_stream = time.strftime("%Y/%m/%d/[$LATEST]", time.gmtime()) + uuid.uuid4().hex
        self._interpreter = interpreter
        self._host = host
        self._loop = asyncio.get_running_loop()
        self._platform = PlatformLog(deployment)
        self._log = WorkerLog(lambda events: host.write_log(self, events))
        self._api = RuntimeApi(self)
        self._folder = Path(tempfile.mkdtemp(dir=host.folder))
        self._killed = False
        self._retired = False
        self._current: _Current | None = None
        self._init_started = self._loop.time()
        self._init_duration: float | None = None
        self._init_reported = False
        self._memory_used = 0
        self._idle_since = self._init_started
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._settling: asyncio.TimerHandle | None = None

    @classmethod
    async def start(
        cls, deployment: Deployment, credentials: Credentials, code: bytes, interpreter: Interpreter, host: Host
    ) -> "Worker":
        """Start a worker's process; it loads its handler while the first `invoke` waits for it."""
        worker = cls(deployment, credentials, interpreter, host)
        try:
            await worker._spawn(code)
        except BaseException:
            await worker._release()
            raise
        finally:
            worker._log.close_write_end()
        return worker

    @property
    def pid(self) -> int:
        """Return the process id, which is the id of the process group too."""
        return self._process.pid

    @property
    def idle(self) -> bool:
        """Return whether the worker has loaded its handler and may be given an event."""
        return self._api.waits and not self._killed and (self._current is None or self._current.report is not None)

    @property
    def busy(self) -> bool:
        """Return whether the worker loads its handler or serves an event."""
        return not self._killed and not self.idle

    @property
    def busy_for(self) -> float:
        """Return for how many seconds the worker has been busy, 0 when it is idle."""
        if not self.busy:
            return 0.0
        began = None if self._current is None else self._current.started
        return self._loop.time() - (self._init_started if began is None else began)

    @property
    def idle_for(self) -> float:
        """Return for how many seconds the worker has been idle, 0 when it is busy."""
        return self._loop.time() - self._idle_since if self.idle else 0.0

    @property
    def over(self) -> bool:
        """Return whether the worker has ended, or is about to."""
        return self._killed

    @property
    def memory_size(self) -> int:
        """Return the mebibytes that it may use."""
        return self.deployment.memory_size

    async def invoke(self, invocation: Invocation, *, tail: bool = False) -> Outcome:
        """Serve one event and return what came of it, with the end of its log if `tail`."""
        self.settle()
        self._log.begin(tail=tail)
        self._current = _Current(invocation, self._loop.create_future())
        if self._api.waits:
            self._begin(self._current)
        return await self._current.outcome

    def retire(self) -> None:
        """End the worker once it is idle."""
        self._retired = True
        if not self.busy:
            self.kill()

    def kill(self) -> None:
        """End the worker and all the processes it started."""
        if not self._killed:
            self._killed = True
            kill_group(self.pid)

    def when_ended(self, callback: Callable[["Worker"], None]) -> None:
        """Call `callback` once the worker's process and folder are gone."""
        self._watcher.add_done_callback(lambda _: callback(self))

    async def ended(self) -> None:
        """Wait until the worker's process and folder are gone."""
        await asyncio.wait([self._watcher])

    # Starting and ending

    async def _spawn(self, code: bytes) -> None:
        for name in ("task", "home", "tmp"):
            (self._folder / name).mkdir()
        await asyncio.to_thread(unpack, code, self._folder / "task")
        surroundings = Surroundings(
            endpoint=self._host.endpoint,
            runtime_api=await self._api.open(),
            folder=self._folder,
            runtime_folder=self._host.runtime_folder,
            log_stream=self.log_stream,
            log_descriptor=self._log.write_end,
        )
        # Another version would find no compiled modules beside boto3, and must leave none there.
        cache = () if self._interpreter is PRESENT else ("-X", f"pycache_prefix={self._host.folder / 'pycache'}")
        self._log.say(*self._platform.init_start(self._interpreter))
        self._process = await asyncio.create_subprocess_exec(
            self._interpreter.executable,
            *("-I", "-S", "-u", "-X", "utf8", *cache, str(BOOTSTRAP)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self._log.write_end,
            stderr=self._log.write_end,
            pass_fds=(self._log.write_end,),
            cwd=self._folder / "task",
            env=worker_environment(self.deployment, self.credentials, surroundings),
            start_new_session=True,
        )
        self._host.reaper.watch(self.pid)
        self._host.guard.add(self)
        self._set_deadline(INIT_LIMIT + self.deployment.timeout)
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """Clean up after the process, whatever ended it."""
        code = await self._process.wait()
        self._killed = True
        kill_group(self.pid)  # what it forked would outlive it
        self._end_by_exit(code)
        self.settle()
        if self._timer is not None:
            self._timer.cancel()
        self._host.guard.remove(self)
        self._host.reaper.forget(self.pid)
        await self._release()

    async def _release(self) -> None:
        self._api.close()
        self._log.close()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    # What the Runtime API says (see `runtime_api.Environment`)

    def ready(self) -> None:
        """Take note that the worker waits for an event."""
        if self._init_duration is None:
            self._init_duration = self._milliseconds_since(self._init_started)
            self._host.guard.measure(self)
        if self._current is not None and self._current.started is None and not self._killed:
            self._begin(self._current)

    def responded(self, body: bytes) -> None:
        """End the invocation with the handler's response."""
        if len(body) <= RESPONSE_LIMIT:
            self._end(body)
        else:
            message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
            self._end(_error(message, "Function.ResponseSizeTooLarge"), function_error=True)

    def failed(self, body: bytes) -> None:
        """End the invocation with the handler's error."""
        self._end(body, function_error=True)

    def init_failed(self, body: bytes, error_type: str) -> None:
        """End the invocation with the error that kept the handler from loading; the worker is of no more use."""
        self._report_init("error", error_type)
        self._end(body, function_error=True, status="error", error_type=error_type)
        self.kill()

    # What the platform finds

    def uses_memory(self, mebibytes: int) -> None:
        """Take note of the memory in use, and end a worker that uses more than it may."""
        self._memory_used = max(self._memory_used, min(mebibytes, self.memory_size))
        if mebibytes > self.memory_size and not self._killed:
            self.kill()
            self._end_by_exit(-signal.SIGKILL, "Runtime.OutOfMemory")

    def _set_deadline(self, seconds: float) -> None:
        """Let the worker be idle within `seconds`. One timer outlives many invocations: they mostly end long before."""
        self._deadline = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._deadline:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._deadline, self._check_deadline)

    def _check_deadline(self) -> None:
        self._timer = None
        if self.busy and self._loop.time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._check_deadline)
        elif self.busy:
            self._time_out()

    def _time_out(self) -> None:
        self.kill()
        self._report_init("timeout", None)
        if self._current is None or self._current.report is not None:
            return
        request_id = self._current.invocation.request_id
        self._log.read()
        self._log.say(self._platform.timed_out(request_id))
        message = f"RequestId: {request_id} Error: Task timed out after {self.deployment.timeout}.00 seconds"
        self._end(_error(message, "Sandbox.Timedout"), function_error=True, status="timeout")

    def _end_by_exit(self, code: int, error_type: str = "Runtime.ExitError") -> None:
        self._report_init("error", error_type)
        if self._current is None or self._current.report is not None:
            return
        request_id = self._current.invocation.request_id
        reason = exit_reason(code)
        self._log.read()
        self._log.say(self._platform.exited(request_id, reason, error_type))
        payload = _error(f"RequestId: {request_id} Error: {reason}", error_type)
        self._end(payload, function_error=True, status="error", error_type=error_type)

    def _report_init(self, status: str, error_type: str | None) -> None:
        if self._init_duration is None:
            self._init_duration = self._milliseconds_since(self._init_started)
            self._log.read()
            self._log.say(self._platform.init_report(self._init_duration, status, error_type))

    # An invocation's beginning and end

    def _begin(self, current: _Current) -> None:
        invocation = current.invocation
        self._log.say(self._platform.start(invocation.request_id))
        now = time.time()
        headers = {
            "Lambda-Runtime-Deadline-Ms": str(int((now + self.deployment.timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.invoked_function_arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(now):x}-{secrets.token_hex(12)};Sampled=0",
        }
        if invocation.client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = invocation.client_context
        current.started = self._loop.time()
        self._set_deadline(self.deployment.timeout)
        self._host.guard.wake()
        self._api.deliver(invocation.request_id, headers, invocation.payload)

    def _end(
        self, payload: bytes, *, function_error: bool = False, status: str = "success", error_type: str | None = None
    ) -> None:
        current = self._current
        if current is None or current.report is not None:
            return
        current.report = Report(
            current.invocation.request_id,
            0.0 if current.started is None else self._milliseconds_since(current.started),
            self._memory_used,
            None if self._init_reported else self._init_duration,
            status,
            error_type,
        )
        self._init_reported = True
        tail = b""
        if self._log.keeps_tail:
            tail = self.settle()
        else:
            self._settle_soon()
        if not current.outcome.done():  # who waited for it may have gone
            current.outcome.set_result(Outcome(payload, function_error, tail))

    def _settle_soon(self) -> None:
        if self._settling is None:
            self._settling = self._loop.call_later(_SETTLE_AFTER, self._settle_later)

    def _settle_later(self) -> None:
        self._settling = None
        self.settle()

    def settle(self) -> bytes:
        """Complete the log of the invocation that ended, if that is still to be done, and return the end it kept."""
        if self._current is None or self._current.report is None:
            return b""
        report, self._current = self._current.report, None
        self._idle_since = self._loop.time()
        tail = self._log.finish(*self._platform.end(report))
        if self._retired:
            self.kill()
        return tail

    def _milliseconds_since(self, moment: float) -> float:
        return (self._loop.time() - moment) * 1000


def _error(message: str, error_type: str) -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": message}, separators=(",", ":")).encode()
