"""What becomes of a function's code, good or bad, in a worker."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass

import psutil
import pytest

from crossgrant.local.workers import Logging, Outcome
from support.functions import ECHO, Functions, with_functions

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Misbehaviour:
    """Code, and what Lambda says of it; `~` stands for the request's id."""

    code: str
    error_type: str
    message: str
    report: str = ""
    timeout: int = 10


MISBEHAVIOUR = {
    "raises": Misbehaviour("def handler(e, c):\n    return 1 / 0\n", "ZeroDivisionError", "division by zero"),
    "does not import": Misbehaviour(
        "import nothing_of_that_name\n",
        "Runtime.ImportModuleError",
        "Unable to import module 'app': No module named 'nothing_of_that_name'",
        "Status: error\tError Type: Runtime.ImportModuleError",
    ),
    "does not parse": Misbehaviour(
        "def handler(e, c):\nreturn\n",
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'app': expected an indented block after function definition on line 1 (app.py, line 2)",
        "Status: error\tError Type: Runtime.UserCodeSyntaxError",
    ),
    "has no handler": Misbehaviour(
        "x = 1\n",
        "Runtime.HandlerNotFound",
        "Handler 'handler' missing on module 'app'",
        "Status: error\tError Type: Runtime.HandlerNotFound",
    ),
    "returns what has no JSON form": Misbehaviour(
        "def handler(e, c):\n    return {1, 2}\n",
        "Runtime.MarshalError",
        "Unable to marshal response: Object of type set is not JSON serializable",
    ),
    "returns too much": Misbehaviour(
        "def handler(e, c):\n    return 'x' * 6_291_555\n",
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    ),
    "never returns": Misbehaviour(
        "def handler(e, c):\n    while True: pass\n",
        "Sandbox.Timedout",
        "RequestId: ~ Error: Task timed out after 1.00 seconds",
        "Status: timeout",
        timeout=1,
    ),
    "exits": Misbehaviour(
        "import sys\ndef handler(e, c):\n    sys.exit(3)\n",
        "Runtime.ExitError",
        "RequestId: ~ Error: Runtime exited with error: exit status 3",
        "Status: error\tError Type: Runtime.ExitError",
    ),
    "exits quietly": Misbehaviour(
        "def handler(e, c):\n    exit()\n",
        "Runtime.ExitError",
        "RequestId: ~ Error: Runtime exited without providing a reason",
        "Status: error\tError Type: Runtime.ExitError",
    ),
    "exits while it loads": Misbehaviour(
        "import os\nos._exit(1)\n",
        "Runtime.ExitError",
        "RequestId: ~ Error: Runtime exited with error: exit status 1",
        "Status: error\tError Type: Runtime.ExitError",
    ),
    "crashes": Misbehaviour(
        "import os, signal\ndef handler(e, c):\n    os.kill(os.getpid(), signal.SIGSEGV)\n",
        "Runtime.ExitError",
        "RequestId: ~ Error: Runtime exited with error: signal: segmentation fault",
        "Status: error\tError Type: Runtime.ExitError",
    ),
    "fills its memory": Misbehaviour(
        "def handler(e, c):\n    kept = []\n    while True: kept.append(bytearray(b'x' * 4_000_000))\n",
        "Runtime.OutOfMemory",
        "RequestId: ~ Error: Runtime exited with error: signal: killed",
        "Status: error\tError Type: Runtime.OutOfMemory",
    ),
    "fills its memory in a child": Misbehaviour(
        "import os, time\n"
        "def handler(e, c):\n"
        "    if os.fork(): time.sleep(20)\n"
        "    kept = []\n"
        "    while True: kept.append(bytearray(b'x' * 4_000_000))\n",
        "Runtime.OutOfMemory",
        "RequestId: ~ Error: Runtime exited with error: signal: killed",
        "Status: error\tError Type: Runtime.OutOfMemory",
    ),
    "imports crossgrant": Misbehaviour(
        "def handler(e, c):\n    import crossgrant\n", "ModuleNotFoundError", "No module named 'crossgrant'"
    ),
    "imports another dependency of crossgrant": Misbehaviour(
        "def handler(e, c):\n    import httptools\n", "ModuleNotFoundError", "No module named 'httptools'"
    ),
}


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_misbehaviour_is_reported_in_lambdas_words(name: str) -> None:
    case = MISBEHAVIOUR[name]

    async def scenario(functions: Functions) -> tuple[Outcome, Outcome]:
        bad = functions.invoke(case.code, tail=True, timeout=case.timeout)
        good = functions.invoke(
            ECHO, b'{"still": "served"}', function_arn="arn:aws:lambda:us-east-1:111111111111:function:g"
        )
        return await asyncio.gather(bad, good)

    bad, good = with_functions(scenario)
    document = json.loads(bad.payload)
    report = bad.log_tail.decode().splitlines()[-1]
    assert (document["errorType"], re.sub(r"request-\d", "~", document["errorMessage"])) == (
        case.error_type,
        case.message,
    )
    assert bad.function_error
    assert report.startswith("REPORT RequestId: request-1\t")
    assert report.endswith(case.report)
    assert good.payload == b'{"still": "served"}'


def test_a_log_has_the_platforms_lines_around_the_functions() -> None:
    code = (
        "import logging\n"
        "print('loading')\n"
        "def handler(event, context):\n"
        "    print('printed')\n"
        "    logging.getLogger().warning('logged\\nin two lines')\n"
        "    print('unfinished', end='')\n"
    )

    async def scenario(functions: Functions) -> list[str]:
        await functions.invoke(code)
        await functions.invoke(code)
        await asyncio.sleep(0.05)
        return functions.logged

    logged = with_functions(scenario)
    number = r"\d+(\.\d\d)?"
    report = (
        rf"REPORT RequestId: request-{{}}\tDuration: {number} ms\tBilled Duration: {number} ms\tMemory Size: 128 MB\t"
        rf"Max Memory Used: {number} MB\t"
    )
    patterns = [
        r"INIT_START Runtime Version: python:3\.\d+\.v\d+\n",
        "loading\n",
        r"START RequestId: request-1 Version: \$LATEST\n",
        "printed\n",
        r"\[WARNING\]\t[-0-9T:.]+Z\trequest-1\tlogged\nin two lines\n",
        "unfinished",
        "END RequestId: request-1\n",
        report.format(1) + rf"Init Duration: {number} ms\t\n",
        r"START RequestId: request-2 Version: \$LATEST\n",
        "printed\n",
        r"\[WARNING\]\t[-0-9T:.]+Z\trequest-2\tlogged\nin two lines\n",
        "unfinished",
        "END RequestId: request-2\n",
        report.format(2) + r"\n",
    ]
    assert len(logged) == len(patterns)
    assert [line for line, pattern in zip(logged, patterns, strict=True) if not re.fullmatch(pattern, line)] == []


def test_a_function_that_logs_json_gets_the_platforms_lines_in_json() -> None:
    async def scenario(functions: Functions) -> Outcome:
        logging = Logging("/aws/lambda/f", "JSON", "INFO")
        return await functions.invoke(ECHO, tail=True, logging=logging)

    events = [json.loads(line) for line in with_functions(scenario).log_tail.splitlines()]
    assert [event["type"] for event in events] == ["platform.start", "platform.report"]
    assert events[-1]["record"]["status"] == "success"


def test_a_flood_of_log_lines_is_cut_and_says_so() -> None:
    code = "def handler(e, c):\n    for _ in range(200): print('x' * 100_000)\n"

    async def scenario(functions: Functions) -> list[str]:
        await functions.invoke(code, tail=True)
        return functions.logged

    logged = with_functions(scenario)
    assert sum(map(len, logged)) < 9_000_000
    assert "crossgrant: logs at most 8388608 characters per invocation\n" in logged


def test_a_worker_sees_lambdas_environment_and_nothing_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERS_SECRET", "secret")
    monkeypatch.setenv("AWS_PROFILE", "users")
    code = (
        "import os\n"
        "def handler(e, c):\n"
        "    return dict(os.environ) | {'cwd': os.getcwd(), '~': os.path.expanduser('~')}\n"
    )

    async def scenario(functions: Functions) -> Outcome:
        return await functions.invoke(code, environment={"TABLE": "Orders", "TZ": "Europe/Berlin", "AWS_REGION": "no"})

    seen = json.loads(with_functions(scenario).payload)
    expected = {
        "TABLE": "Orders",
        "TZ": "Europe/Berlin",
        "_HANDLER": "app.handler",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "AWS_ACCESS_KEY_ID": "AKID",
        "AWS_SECRET_ACCESS_KEY": "SECRET",
        "AWS_SESSION_TOKEN": "TOKEN",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "cwd": seen["LAMBDA_TASK_ROOT"],
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert not {"USERS_SECRET", "AWS_PROFILE", "_LAMBDA_TELEMETRY_LOG_FD"} & seen.keys()
    assert seen["~"].startswith(seen["LAMBDA_TASK_ROOT"].removesuffix("task"))


def test_boto3_comes_with_the_runtime() -> None:
    async def scenario(functions: Functions) -> Outcome:
        return await functions.invoke("import boto3\ndef handler(e, c):\n    return boto3.__name__\n")

    assert with_functions(scenario).payload == b'"boto3"'


def test_what_a_handler_forked_ends_with_its_worker() -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "def handler(e, c):\n"
        "    stray = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n"
        "    forked = os.fork()\n"
        "    if not forked: time.sleep(60)\n"
        "    return [os.getpid(), forked, stray.pid]\n"
    )

    async def scenario(functions: Functions) -> list[int]:
        outcome = await functions.invoke(code)
        pids: list[int] = json.loads(outcome.payload)
        assert all(map(psutil.pid_exists, pids))
        return pids

    assert not any(_runs(pid) for pid in with_functions(scenario))


def test_a_forked_child_that_returns_answers_nothing() -> None:
    code = "import os\ndef handler(e, c):\n    os.fork()\n    return os.getpid()\n"

    async def scenario(functions: Functions) -> list[bytes]:
        return [(await functions.invoke(code)).payload for _ in range(3)]

    first, second, third = with_functions(scenario)
    assert first == second == third


def test_a_client_context_reaches_the_handler_only_with_its_invocation() -> None:
    """Headers of one event say nothing about the next."""
    code = "def handler(e, c):\n    return [c.aws_request_id, c.invoked_function_arn, c.client_context is None]\n"

    async def scenario(functions: Functions) -> Outcome:
        return await functions.invoke(code)

    assert json.loads(with_functions(scenario).payload) == [
        "request-1",
        "arn:aws:lambda:us-east-1:111111111111:function:f",
        True,
    ]


def _runs(pid: int) -> bool:
    for _ in range(100):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return False
        except psutil.NoSuchProcess:
            return False
        time.sleep(0.01)
    return True
