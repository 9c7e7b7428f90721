"""Put the items of a file into a table, 25 a call and a few calls at a time, and remember how far it came.

Putting an item twice is putting it once, so a load that stopped goes on a little before the place where it stopped.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from crossgrant.cli.item_files import ItemFileError, Read, read_items
from crossgrant.errors import CrossgrantError

BATCH = 25
_CALLS_AT_ONCE = 4
_SECONDS_BETWEEN_NOTES = 1.0
_MOST_TRIES = 10

Batch = list[Read]


def load_items(client: Any, name: str, path: Path, *, restart: bool) -> int:
    """Put every item of the file into the table; return how many.

    Raises:
        ItemFileError: a line is no item, or one that the table refuses.
        CrossgrantError: the table can't be described or written to.

    """
    keys, types = _key_of(client, name)
    bodies = Bodies()
    bodies.put_into(client)
    notes = _Notes(path, name)
    done = 0 if restart else notes.line()
    console = Console(stderr=True)
    if done:
        console.print(f"going on behind line {done:,}; --restart begins again")
    columns = (TextColumn("{task.fields[items]:,} items"), BarColumn(), TimeRemainingColumn())
    count = 0
    with Progress(*columns, console=console) as progress, ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
        task = progress.add_task("", total=path.stat().st_size if path.exists() else None, items=0)
        waiting: deque[tuple[Batch, Future[None]]] = deque()
        try:
            for batch in _batches(read_items(path, types), keys, done):
                waiting.append((batch, pool.submit(_put, client, bodies, name, path, batch)))
                while len(waiting) > 2 * _CALLS_AT_ONCE:
                    count += _settle(waiting, notes, progress, task, count)
            while waiting:
                count += _settle(waiting, notes, progress, task, count)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            notes.keep(force=True)
            raise
    notes.forget()
    return count


def _settle(
    waiting: deque[tuple[Batch, Future[None]]], notes: _Notes, progress: Progress, task: TaskID, count: int
) -> int:
    """Wait for the oldest call: the lines before its end are done."""
    batch, call = waiting.popleft()
    call.result()
    notes.done(batch[-1].line)
    progress.update(task, completed=batch[-1].offset, items=count + len(batch))
    return len(batch)


def _key_of(client: Any, name: str) -> tuple[tuple[str, ...], dict[str, str]]:
    try:
        table = client.describe_table(TableName=name)["Table"]
    except (ClientError, BotoCoreError) as error:
        raise CrossgrantError(str(error)) from None
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    return tuple(each["AttributeName"] for each in table["KeySchema"]), types


def _batches(items: Iterator[Read], keys: tuple[str, ...], done: int) -> Iterator[Batch]:
    """Yield up to 25 items a time, none with the same key twice, from behind line `done`."""
    batch: Batch = []
    seen: set[str] = set()
    for read in items:
        if read.line <= done:
            continue
        key = repr([read.item.get(name) for name in keys])
        if len(batch) == BATCH or key in seen:
            yield batch
            batch, seen = [], set()
        batch.append(read)
        seen.add(key)
    if batch:
        yield batch


def _put(client: Any, bodies: Bodies, name: str, path: Path, batch: Batch) -> None:
    """Put a batch, what is left unprocessed again; when it is refused, find the line that is."""
    left: list[dict[str, Any]] = [{"PutRequest": {"Item": read.item}} for read in batch]
    bodies.body = json.dumps({"RequestItems": {name: left}}).encode()
    for attempt in range(_MOST_TRIES):
        try:
            answer = client.batch_write_item(RequestItems={name: [] if bodies.body else left})
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise CrossgrantError(str(error)) from None
            _put_each(client, bodies, name, path, batch)
            return
        except BotoCoreError as error:
            raise CrossgrantError(str(error)) from None
        finally:
            bodies.body = None
        left = answer.get("UnprocessedItems", {}).get(name, [])
        if not left:
            return
        time.sleep(min(2**attempt * 0.05, 5.0))
    raise CrossgrantError(f"{name} doesn't keep up: items stay unprocessed", help="raise its capacity, then go on")


def _put_each(client: Any, bodies: Bodies, name: str, path: Path, batch: Batch) -> None:
    for read in batch:
        bodies.body = json.dumps({"TableName": name, "Item": read.item}).encode()
        try:
            client.put_item(TableName=name, Item={})
        except ClientError as error:
            raise ItemFileError(path, read.line, error.response["Error"]["Message"]) from None
        finally:
            bodies.body = None


class Bodies(threading.local):
    """The body of the call that a thread makes next, in the place of the one that botocore would write.

    The items of a file are DynamoDB JSON already; botocore's serializer would take longer over them than all the rest.
    """

    body: bytes | None = None

    def put_into(self, client: Any) -> None:
        """Have the client send these bodies."""
        for operation in ("BatchWriteItem", "PutItem"):
            client.meta.events.register(f"before-call.dynamodb.{operation}", self._replace)

    def _replace(self, params: dict[str, Any], **_others: Any) -> None:
        if self.body is not None:
            params["body"] = self.body


class _Notes:
    """How far a load of a file came, in a file beside it that goes when the load is done."""

    def __init__(self, path: Path, table: str) -> None:
        self._path = path.with_name(f".{path.name}.load-progress")
        self._file, self._table = path, table
        self._line = 0
        self._kept_at = time.monotonic()

    def line(self) -> int:
        """Return the last line of an earlier load of this file, as it is now, into this table."""
        try:
            kept = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return 0
        return int(kept["line"]) if kept.get("of") == self._identity() else 0

    def done(self, line: int) -> None:
        """Note a line, now and then on the disk."""
        self._line = line
        self.keep(force=False)

    def keep(self, *, force: bool) -> None:
        """Write the note."""
        if self._line and (force or time.monotonic() - self._kept_at > _SECONDS_BETWEEN_NOTES):
            self._kept_at = time.monotonic()
            self._path.write_text(json.dumps({"line": self._line, "of": self._identity()}))

    def forget(self) -> None:
        """Remove the note."""
        self._path.unlink(missing_ok=True)

    def _identity(self) -> list[Any]:
        status = self._file.stat()
        return [self._table, status.st_size, status.st_mtime_ns]
