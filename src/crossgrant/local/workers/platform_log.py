"""The lines that Lambda itself writes to a function's log, as text or as JSON.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-invoke-with-errors
"""

import json
import math
import time
from dataclasses import dataclass

from crossgrant.local.workers.deployment import Deployment
from crossgrant.local.workers.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one invocation; times in milliseconds, memory in mebibytes."""

    request_id: str
    duration: float
    max_memory_used: int
    init_duration: float | None = None
    status: str = "success"
    error_type: str | None = None


class PlatformLog:
    """Word the platform's lines for one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._json = deployment.logging.is_json

    def init_start(self, interpreter: Interpreter) -> list[str]:
        """Say what the function runs under; a second line when that isn't the Runtime it names."""
        if self._json:
            record: dict[str, object] = {
                "initializationType": "on-demand",
                "phase": "init",
                "runtimeVersion": interpreter.version,
            }
            lines = [_event("platform.initStart", record)]
        else:
            lines = [f"INIT_START Runtime Version: python:{interpreter.minor}.v{interpreter.patch}\n"]
        if interpreter.minor != self._deployment.runtime.removeprefix("python"):
            lines.append(
                f"crossgrant: {self._deployment.runtime} does not run on this machine; "
                f"the function runs under Python {interpreter.version}\n"
            )
        return lines

    def init_report(self, duration: float, status: str, error_type: str | None) -> str:
        """Say that the handler could not be loaded."""
        if self._json:
            record: dict[str, object] = {"phase": "init", "status": status, "metrics": {"durationMs": _ms(duration)}}
            return _event("platform.initReport", record | ({"errorType": error_type} if error_type else {}))
        return f"INIT_REPORT Init Duration: {duration:.2f} ms\tPhase: init\t{_status(status, error_type)}\n"

    def start(self, request_id: str) -> str:
        """Say that an invocation starts."""
        version = self._deployment.version
        if self._json:
            return _event("platform.start", {"requestId": request_id, "version": version})
        return f"START RequestId: {request_id} Version: {version}\n"

    def timed_out(self, request_id: str) -> str:
        """Say that an invocation took longer than the function's timeout."""
        return f"{_timestamp()} {request_id} Task timed out after {self._deployment.timeout}.00 seconds\n\n"

    def exited(self, request_id: str, reason: str, error_type: str) -> str:
        """Say that the worker ended while it served an invocation."""
        return f"RequestId: {request_id} Error: {reason}\n{error_type}\n"

    def end(self, report: Report) -> list[str]:
        """Say that an invocation ended, and what it took."""
        billed = math.ceil(report.duration + (report.init_duration or 0))
        memory_size = self._deployment.memory_size
        if self._json:
            metrics: dict[str, object] = {
                "durationMs": _ms(report.duration),
                "billedDurationMs": billed,
                "memorySizeMB": memory_size,
                "maxMemoryUsedMB": report.max_memory_used,
            }
            if report.init_duration is not None:
                metrics["initDurationMs"] = _ms(report.init_duration)
            record: dict[str, object] = {"requestId": report.request_id, "metrics": metrics, "status": report.status}
            return [_event("platform.report", record | ({"errorType": report.error_type} if report.error_type else {}))]
        line = (
            f"REPORT RequestId: {report.request_id}\tDuration: {report.duration:.2f} ms\tBilled Duration: {billed} ms\t"
            f"Memory Size: {memory_size} MB\tMax Memory Used: {report.max_memory_used} MB\t"
        )
        if report.init_duration is not None:
            line += f"Init Duration: {report.init_duration:.2f} ms\t"
        if report.status != "success":
            line += _status(report.status, report.error_type)
        return [f"END RequestId: {report.request_id}\n", line + "\n"]


def _status(status: str, error_type: str | None) -> str:
    return f"Status: {status}" + (f"\tError Type: {error_type}" if error_type else "")


def _event(kind: str, record: dict[str, object]) -> str:
    return json.dumps({"time": _timestamp(), "type": kind, "record": record}) + "\n"


def _timestamp() -> str:
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03}Z"


def _ms(value: float) -> float:
    return round(value, 3)
