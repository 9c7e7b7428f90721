"""Functions for tests: deployment packages, and a pool of workers without a gateway."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from crossgrant.local.workers import Credentials, Deployment, Invocation, LogEvent, Logging, Outcome, Worker, WorkerPool
from crossgrant.local.workers.interpreter import PRESENT

T = TypeVar("T")

ECHO = "def handler(event, context):\n    return event\n"


def package(app: str | bytes = ECHO, **files: str | bytes) -> bytes:
    """Return a deployment package with `app.py` and other modules."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package_file:
        for name, content in {"app": app, **files}.items():
            package_file.writestr(f"{name}.py", content)
    return archive.getvalue()


class Functions:
    """A pool of workers, and what the functions in it have logged."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.logged: list[str] = []
        self.credentials_issued = 0
        self.pool = WorkerPool("http://127.0.0.1:9", lambda: self.now, self._write_log)
        self._invocations = 0

    async def invoke(
        self,
        code: str,
        payload: bytes = b"{}",
        *,
        tail: bool = False,
        environment: Mapping[str, str] | None = None,
        **settings: object,
    ) -> Outcome:
        """Run `code` as the function of that revision would run; `settings` are those of `Deployment`."""
        self._invocations += 1
        deployment = self.deployment(revision_id=code, environment=environment or {}, **settings)
        invocation = Invocation(f"request-{self._invocations}", payload, deployment.function_arn)
        return await self.pool.invoke(
            deployment, invocation, code=lambda: package(code), credentials=self._credentials, tail=tail
        )

    def deployment(self, **settings: object) -> Deployment:
        """Return a small function; `settings` are those of `Deployment`."""
        values: dict[str, object] = {
            "function_arn": "arn:aws:lambda:us-east-1:111111111111:function:f",
            "function_name": "f",
            "account_id": "111111111111",
            "region": "us-east-1",
            "revision_id": "1",
            "runtime": f"python{PRESENT.minor}",
            "handler": "app.handler",
            "timeout": 10,
            "memory_size": 128,
            "environment": {},
            "logging": Logging("/aws/lambda/f"),
        }
        return Deployment(**(values | settings))  # type: ignore[arg-type]  # the table above holds the right types

    def _credentials(self) -> Credentials:
        self.credentials_issued += 1
        return Credentials("AKID", "SECRET", "TOKEN", self.now + 3600)

    def _write_log(self, worker: Worker, events: list[LogEvent]) -> None:
        del worker
        self.logged.extend(message for _, message in events)


def with_functions(scenario: Callable[[Functions], Awaitable[T]]) -> T:
    """Run `scenario` with a pool of workers, and end them."""

    async def run() -> T:
        functions = Functions()
        try:
            return await scenario(functions)
        finally:
            await functions.pool.close()

    return asyncio.run(run())
