"""Execution: functions of the embedded accounts given to workers, their logs to CloudWatch Logs.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-invocation.html
"""

from __future__ import annotations

import asyncio
import logging

from crossgrant.local.accounts import Accounts
from crossgrant.local.operation import ServiceError
from crossgrant.local.services.lambda_.execution_role import issue_credentials
from crossgrant.local.services.lambda_.functions import Function, code_of, deployment_of
from crossgrant.local.services.logs.delivery import LogStreamOf, delivery_of
from crossgrant.local.workers import Invocation, LogEvent, Outcome, TooManyWorkersError, Worker, WorkerPool

_log = logging.getLogger(__name__)

_MOST_WAITING = 1000
_MOST_AT_ONCE = 16
_RETRY_AFTER = 1.0  # seconds


class Execution:
    """What a gateway runs functions with."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._delivery = delivery_of(accounts)
        self._pool = WorkerPool(accounts.endpoint, accounts.clock, self._write_log)
        self._delivery.before_flush.append(self._pool.settle)
        self._waiting: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_MOST_AT_ONCE)

    async def invoke(self, function: Function, invocation: Invocation, *, tail: bool = False) -> Outcome:
        """Serve one event and return what came of it.

        Raises:
            ServiceError: TooManyRequestsException, or the execution role can't be assumed.

        """
        try:
            return await self._run(function, invocation, tail=tail)
        except TooManyWorkersError:
            raise _too_many() from None

    def invoke_later(self, function: Function, invocation: Invocation) -> None:
        """Serve one event once its request is answered; what comes of it stands in the function's log alone.

        Lambda tries an event that failed twice more, minutes later; here it is served once.

        Raises:
            ServiceError: TooManyRequestsException: very many events wait already.

        """
        if len(self._waiting) >= _MOST_WAITING:
            raise _too_many()
        task = asyncio.create_task(self._run_in_turn(function, invocation))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def retire(self, function: Function) -> None:
        """Give the workers of the function no more events."""
        self._pool.retire(function.arn)

    def retire_all(self) -> None:
        """Give no worker any more events: the state was replaced."""
        self._pool.retire_all()

    async def close(self) -> None:
        """End what runs, and write what was logged."""
        for task in self._waiting:
            task.cancel()
        await self._pool.close()
        self._delivery.flush()

    async def _run(self, function: Function, invocation: Invocation, *, tail: bool = False) -> Outcome:
        return await self._pool.invoke(
            deployment_of(function),
            invocation,
            code=lambda: code_of(self._accounts.database, function),
            credentials=lambda: issue_credentials(self._accounts, function),
            tail=tail,
        )

    async def _run_in_turn(self, function: Function, invocation: Invocation) -> None:
        async with self._slots:
            while True:
                try:
                    await self._run(function, invocation)
                except TooManyWorkersError:
                    await asyncio.sleep(_RETRY_AFTER)
                except ServiceError as error:
                    _log.warning("an event for %s was dropped: %s", function.arn, error)
                    return
                else:
                    return

    def _write_log(self, worker: Worker, events: list[LogEvent]) -> None:
        deployment = worker.deployment
        stream = LogStreamOf(
            worker.credentials.access_key_id,
            deployment.account_id,
            deployment.region,
            deployment.logging.group,
            worker.log_stream,
        )
        self._delivery.add(stream, events)


def execution_of(accounts: Accounts) -> Execution:
    """Return the gateway's one execution."""

    def make() -> Execution:
        execution = Execution(accounts)
        accounts.on_replaced.append(execution.retire_all)
        accounts.on_closed.append(execution.close)
        return execution

    return accounts.held(Execution, make)


def _too_many() -> ServiceError:
    reason = {"Type": "User", "Reason": "ConcurrentInvocationLimitExceeded"}
    return ServiceError("TooManyRequestsException", "Rate Exceeded.", 429, reason)
