"""Warm workers are used again; others are started, and ended with their revision, their credentials or the gateway."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from crossgrant.local.workers import TooManyWorkersError, pool
from support.functions import Functions, with_functions

pytestmark = pytest.mark.slow

PID = "import os\ndef handler(event, context):\n    return os.getpid()\n"
SLEEP = "import os, time\ndef handler(event, context):\n    time.sleep(0.2)\n    return os.getpid()\n"


def test_a_warm_worker_is_used_again() -> None:
    async def scenario(functions: Functions) -> None:
        pids = {(await functions.invoke(PID)).payload for _ in range(5)}
        assert len(pids) == 1
        assert functions.credentials_issued == 1

    with_functions(scenario)


def test_concurrent_events_are_served_by_as_many_workers() -> None:
    async def scenario(functions: Functions) -> None:
        outcomes = await asyncio.gather(*(functions.invoke(SLEEP) for _ in range(3)))
        assert len({outcome.payload for outcome in outcomes}) == 3

    with_functions(scenario)


def test_a_new_revision_gets_new_workers_and_the_old_ones_end() -> None:
    async def scenario(functions: Functions) -> None:
        old = int((await functions.invoke(PID)).payload)
        new = int((await functions.invoke(PID + "# changed\n")).payload)
        assert new != old
        assert await _ends(old)

    with_functions(scenario)


def test_a_retired_worker_finishes_what_it_serves() -> None:
    async def scenario(functions: Functions) -> None:
        await functions.invoke(SLEEP)
        serving = asyncio.create_task(functions.invoke(SLEEP))
        await asyncio.sleep(0.05)
        functions.pool.retire(functions.deployment().function_arn)
        pid = int((await serving).payload)
        assert await _ends(pid)

    with_functions(scenario)


def test_a_worker_ends_before_its_credentials_do() -> None:
    async def scenario(functions: Functions) -> None:
        first = (await functions.invoke(PID)).payload
        functions.now += 3000
        assert (await functions.invoke(PID)).payload == first
        functions.now += 300
        assert (await functions.invoke(PID)).payload != first
        assert functions.credentials_issued == 2

    with_functions(scenario)


def test_a_worker_that_ended_between_events_is_replaced() -> None:
    async def scenario(functions: Functions) -> None:
        first = int((await functions.invoke(PID)).payload)
        os.kill(first, signal.SIGKILL)
        assert await _ends(first)
        await asyncio.sleep(0.05)
        assert int((await functions.invoke(PID)).payload) != first

    with_functions(scenario)


def test_who_asked_may_leave_and_the_worker_serves_on() -> None:
    async def scenario(functions: Functions) -> None:
        pid = (await functions.invoke(SLEEP)).payload
        left = asyncio.create_task(functions.invoke(SLEEP))
        await asyncio.sleep(0.05)
        left.cancel()
        while "END RequestId: request-2\n" not in functions.logged:
            await asyncio.sleep(0.01)
        assert (await functions.invoke(SLEEP)).payload == pid

    with_functions(scenario)


def test_more_workers_than_the_limit_are_refused_and_idle_ones_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WORKER_LIMIT", 2)  # 64 processes would prove no more

    async def scenario(functions: Functions) -> None:
        arns = [f"arn:aws:lambda:us-east-1:111111111111:function:{name}" for name in "abc"]
        busy = [asyncio.create_task(functions.invoke(SLEEP, function_arn=arn)) for arn in arns[:2]]
        await asyncio.sleep(0.1)
        with pytest.raises(TooManyWorkersError):
            await functions.invoke(SLEEP, function_arn=arns[2])
        await asyncio.gather(*busy)
        assert not (await functions.invoke(SLEEP, function_arn=arns[2])).function_error

    with_functions(scenario)


def test_a_worker_that_waits_for_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "IDLE_LIMIT", 0.05)  # nobody waits ten minutes for a test
    monkeypatch.setattr(pool, "IDLE_CHECK", 0.05)

    async def scenario(functions: Functions) -> None:
        assert await _ends(int((await functions.invoke(PID)).payload))

    with_functions(scenario)


def test_nothing_is_left_when_the_pool_is_closed() -> None:
    async def scenario(functions: Functions) -> tuple[int, Path]:
        pid = int((await functions.invoke(PID)).payload)
        root = (await functions.invoke("import os\ndef handler(e, c):\n    return os.getcwd()\n")).payload
        return pid, Path(root.decode().strip('"')).parents[1]

    pid, folder = with_functions(scenario)
    assert not psutil.pid_exists(pid)
    assert not folder.exists()


KILLED = """
import asyncio, os, signal
from support.functions import Functions

async def main():
    functions = Functions()
    outcome = await functions.invoke("import os\\ndef handler(e, c):\\n    return [os.getpid(), os.getcwd()]\\n")
    serving = asyncio.create_task(functions.invoke("def handler(e, c):\\n    while True: pass\\n"))
    print(outcome.payload.decode(), flush=True)
    await asyncio.sleep(0.3)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_nothing_is_left_when_the_gateway_is_killed() -> None:
    process = subprocess.run(
        [sys.executable, "-c", KILLED],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    pid, root = json.loads(process.stdout)
    assert process.returncode == -signal.SIGKILL
    assert asyncio.run(_ends(pid))
    folder = Path(root).parents[1]
    deadline = time.monotonic() + 5
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not folder.exists()


async def _ends(pid: int) -> bool:
    for _ in range(200):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        await asyncio.sleep(0.01)
    return False
