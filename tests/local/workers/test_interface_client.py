"""The interface client does what AWS's own client does, as far as a handler, an invoker or a log reader can see.

AWS's client has wheels for Linux only, so elsewhere these tests have nothing to compare with.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import json
import os
import re
import sys
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crossgrant.local.workers.interpreter import PRESENT
from crossgrant.local.workers.log_decoder import LogDecoder
from crossgrant.local.workers.runtime_api import RuntimeApi
from crossgrant.local.workers.runtime_folder import BOOTSTRAP, CLIENT, make_runtime_folder

linux_alone = pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")

CASES = Path(__file__).parents[2] / "cases" / "interface_client"
NAMES = [
    statement.name
    for statement in ast.parse((CASES / "app.py").read_text()).body
    if isinstance(statement, ast.FunctionDef) and statement.name != "handler"
]
SETTINGS: dict[str, dict[str, str]] = {
    "text": {},
    "text-at-trace": {"AWS_LAMBDA_LOG_LEVEL": "TRACE"},
    "json": {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"},
    "unicode": {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"},
}
CLIENT_CONTEXT = {
    "custom": {"key": "value"},
    "env": {"locale": "de"},
    "client": {"installation_id": "i", "app_title": "t", "app_package_name": "p"},
    "w3c": {"traceparent": "00-1-2-01", "other": 1},
}
HEADERS = {
    "Lambda-Runtime-Deadline-Ms": "{deadline}",
    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:111111111111:function:f",
    "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
}
UNLOADABLE = {  # handlers that can't be loaded, and the module they name
    "absent.handler": "",
    "broken_import.handler": "import nothing_of_that_name\n",
    "broken_syntax.handler": "def handler(event, context:\n",
    "no_handler.handler": "x = 1\n",
    "raises.handler": "def load():\n    raise RuntimeError('at load')\n\n\nload()\n",
    "exits.handler": "raise SystemExit(3)\n",
    "without_a_dot": "",
    "sys.exit": "",
}

# What may differ between two runs: moments and addresses in memory.
VARYING = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z|0x[0-9a-f]{6,}")


@dataclass
class Observed:
    """What a client did: its answers, and what it wrote while it loaded and for each event."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    logs: list[list[str]] = field(default_factory=list)
    exit_status: int | None = None


class Recorder:
    """A Runtime API that gives a client events and records what it does."""

    def __init__(self, events: list[tuple[dict[str, str], bytes]]) -> None:
        self.api = RuntimeApi(self)
        self.observed = Observed()
        self.served = asyncio.Event()
        self.read_end, self.write_end = os.pipe()
        os.set_blocking(self.read_end, False)
        self._events = events

    def ready(self) -> None:
        self.record_log()
        served = len(self.observed.logs) - 1
        if served == len(self._events):
            self.served.set()
        else:
            headers, payload = self._events[served]
            self.api.deliver(f"request-{served}", headers, payload)

    def responded(self, body: bytes) -> None:
        self.observed.answers.append(("response", _steady(body.decode("utf-8", "backslashreplace"))))

    def failed(self, body: bytes) -> None:
        self.observed.answers.append(("error", _steady(body.decode())))

    def init_failed(self, body: bytes, error_type: str) -> None:
        self.observed.answers.append((f"init error {error_type}", _steady(body.decode())))

    def record_log(self) -> None:
        decoder = LogDecoder()
        written = b""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self.read_end, 65536):
                written += data
        events = [*decoder.feed(written), *decoder.flush()]
        self.observed.logs.append([_steady(message) for _, message in events])


async def observe(
    command: list[str], folder: Path, environment: dict[str, str], events: list[tuple[dict[str, str], bytes]]
) -> Observed:
    recorder = Recorder(events)
    address = await recorder.api.open()
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=recorder.write_end,
        stderr=recorder.write_end,
        pass_fds=(recorder.write_end,),
        cwd=folder,
        env={
            "AWS_LAMBDA_RUNTIME_API": address,
            "_LAMBDA_TELEMETRY_LOG_FD": str(recorder.write_end),
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/24/[$LATEST]0",
            "LAMBDA_TASK_ROOT": str(folder),
            "LAMBDA_RUNTIME_DIR": str(folder / "runtime"),
            "PYTHONPATH": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
    )
    os.close(recorder.write_end)
    over = [asyncio.create_task(process.wait()), asyncio.create_task(recorder.served.wait())]
    await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
    recorder.observed.exit_status = process.returncode
    recorder.record_log()
    if process.returncode is None:
        process.kill()
    await asyncio.wait(over[:1])
    over[1].cancel()
    recorder.api.close()
    os.close(recorder.read_end)
    return recorder.observed


def observe_both(
    handler: str, module: str, environment: dict[str, str], events: list[tuple[dict[str, str], bytes]]
) -> tuple[Observed, Observed]:
    """Return what AWS's client did and what ours did, in one folder after the other."""
    theirs = [sys.executable, "-m", "awslambdaric", handler]
    ours = [PRESENT.executable, "-I", "-S", "-u", "-X", "utf8", "-B", str(BOOTSTRAP)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"{handler.split('.', maxsplit=1)[0]}.py").write_text(module)
        make_runtime_folder(folder / "runtime")
        variables = environment | {"_HANDLER": handler}
        return (
            asyncio.run(observe(theirs, folder, variables, events)),
            asyncio.run(observe(ours, folder, variables, events)),
        )


@cache
def all_cases(setting: str) -> tuple[Observed, Observed]:
    headers = HEADERS | {"Lambda-Runtime-Deadline-Ms": str(_milliseconds_from_now(60))}
    events = [
        (
            headers
            | ({"Lambda-Runtime-Client-Context": json.dumps(CLIENT_CONTEXT)} if "client_context" in name else {}),
            json.dumps({"case": name}).encode(),
        )
        for name in NAMES
    ]
    return observe_both("app.handler", (CASES / "app.py").read_text(), SETTINGS[setting], events)


@linux_alone
@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_handler_meets_the_same_runtime(name: str, setting: str) -> None:
    theirs, ours = all_cases(setting)
    index = NAMES.index(name)
    assert (ours.answers[index], ours.logs[index + 1]) == (theirs.answers[index], theirs.logs[index + 1])


@linux_alone
@pytest.mark.slow
@pytest.mark.parametrize("setting", ["text", "json"])
@pytest.mark.parametrize("handler", UNLOADABLE)
def test_a_handler_that_cannot_be_loaded_is_reported_alike(handler: str, setting: str) -> None:
    theirs, ours = observe_both(handler, UNLOADABLE[handler], SETTINGS[setting], [])
    assert (ours.answers, ours.logs, ours.exit_status) == (theirs.answers, theirs.logs, theirs.exit_status)


@linux_alone
@pytest.mark.slow
@pytest.mark.parametrize("payload", [b"{", b"nul", b"", b'"\xff"'])
def test_an_event_that_is_no_json_is_the_same_kind_of_error(payload: bytes) -> None:
    """The texts of two JSON parsers differ in their details, so the kind of error is compared."""
    headers = HEADERS | {"Lambda-Runtime-Deadline-Ms": str(_milliseconds_from_now(60))}
    theirs, ours = observe_both("app.handler", "def handler(e, c): return e", {}, [(headers, payload)])
    kinds = [json.loads(seen.answers[0][1])["errorType"] for seen in (theirs, ours)]
    assert kinds == ["Runtime.UnmarshalError"] * 2


@pytest.mark.parametrize("module", sorted((BOOTSTRAP.parent / CLIENT).glob("*.py")), ids=lambda path: path.name)
def test_the_client_is_written_in_the_oldest_python_that_it_runs_under(module: Path) -> None:
    ast.parse(module.read_text(), feature_version=(3, 9))


def _steady(text: str) -> str:
    return VARYING.sub("~", text)


def _milliseconds_from_now(seconds: float) -> int:
    return int((time.time() + seconds) * 1000)
