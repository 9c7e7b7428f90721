"""Put the items of a file into a table, 25 a call and a few calls at a time, and remember how far it came.

Putting an item twice is putting it once, so a load that stopped goes on a little before the place where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from crossgrant.cli.failed_call import failed_call
from crossgrant.cli.item_files import ItemFileError, Read, read_items
from crossgrant.errors import CrossgrantError

BATCH = 25
_CALLS_AT_ONCE = 4
_SECONDS_BETWEEN_NOTES = 1.0
_MOST_TRIES = 10

Batch = list[Read]
Key = tuple[tuple[str, str | Decimal], ...]

# What AWS says of an item that it refuses, and of a call of more than 16 MB.
_REFUSALS = ("ValidationException", "SerializationException", "413")


class Described(NamedTuple):
    """The table: its key attributes with their types, and what tells it from any other."""

    keys: dict[str, str]
    identity: list[str]


def load_items(client: Any, name: str, path: Path, *, restart: bool) -> int:
    """Put every item of the file into the table; return how many.

    Raises:
        ItemFileError: a line is no item, or one that the table refuses.
        CrossgrantError: the table can't be described or written to.

    """
    table = _described(client, name)
    bodies = Bodies()
    bodies.put_into(client)
    notes = _Notes(path, table.identity)
    done = 0 if restart else notes.line()
    console = Console(stderr=True)
    if done:
        console.print(f"going on behind line {done:,}; --restart begins again")
    columns = (TextColumn("{task.fields[items]:,} items"), BarColumn(), TimeRemainingColumn())
    count = 0
    with Progress(*columns, console=console) as progress, ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
        task = progress.add_task("", total=path.stat().st_size if path.exists() else None, items=0)
        waiting: deque[Waiting] = deque()
        try:
            for batch, keys in _batches(path, read_items(path, table.keys), table.keys, done):
                # Of two items with one key the later one stays: it is put once the earlier is.
                while len(waiting) > 2 * _CALLS_AT_ONCE or not all(keys.isdisjoint(each.keys) for each in waiting):
                    count += _settle(waiting, notes, progress, task, count)
                waiting.append(Waiting(batch, keys, pool.submit(_put, client, bodies, name, path, batch)))
            while waiting:
                count += _settle(waiting, notes, progress, task, count)
        except ItemFileError:
            with suppress(CrossgrantError):  # the mistake that was met first is told, and what is before it is noted
                while waiting:
                    count += _settle(waiting, notes, progress, task, count)
            notes.keep(force=True)
            raise
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            notes.keep(force=True)
            raise
    notes.forget()
    return count


class Waiting(NamedTuple):
    """A batch that is being put."""

    batch: Batch
    keys: set[Key]
    call: Future[None]


def _settle(waiting: deque[Waiting], notes: _Notes, progress: Progress, task: TaskID, count: int) -> int:
    """Wait for the oldest call: the lines before its end are done."""
    batch, _, call = waiting[0]
    call.result()
    waiting.popleft()
    notes.done(batch[-1])
    progress.update(task, completed=batch[-1].offset, items=count + len(batch))
    return len(batch)


def _described(client: Any, name: str) -> Described:
    try:
        table = client.describe_table(TableName=name)["Table"]
    except (ClientError, BotoCoreError) as error:
        raise failed_call(error) from None
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    keys = {each["AttributeName"]: types[each["AttributeName"]] for each in table["KeySchema"]}
    return Described(keys, [table["TableArn"], table.get("TableId", "")])


def _batches(path: Path, items: Iterator[Read], types: dict[str, str], done: int) -> Iterator[tuple[Batch, set[Key]]]:
    """Yield up to 25 items a time with their keys, none with the same key twice, from behind line `done`."""
    batch: Batch = []
    seen: set[Key] = set()
    try:
        for read in items:
            if read.line <= done:
                continue
            key = tuple(_key_value(path, read, name, kind) for name, kind in types.items())
            if len(batch) == BATCH or key in seen:
                yield batch, seen
                batch, seen = [], set()
            batch.append(read)
            seen.add(key)
    except ItemFileError:
        if batch:
            yield batch, seen
        raise
    if batch:
        yield batch, seen


def _key_value(path: Path, read: Read, name: str, kind: str) -> tuple[str, str | Decimal]:
    """Return the value of a key attribute, as it is compared."""
    value = read.item.get(name)
    if value is None:
        raise ItemFileError(path, read.line, f"the key `{name}` is missing")
    ((given, content),) = value.items()
    if given != kind:
        raise ItemFileError(path, read.line, f"the key `{name}` is of type {given}, the table's of type {kind}")
    if kind == "N":
        with suppress(InvalidOperation):
            return kind, Decimal(content)
    return kind, content


def _put(client: Any, bodies: Bodies, name: str, path: Path, batch: Batch) -> None:
    """Put a batch; when it is refused, put its items one by one to find the line that is."""
    try:
        _put_all(client, bodies, name, batch)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _REFUSALS:
            raise failed_call(error) from None
        for read in batch:
            try:
                _put_all(client, bodies, name, [read])
            except ClientError as refused:
                if refused.response["Error"]["Code"] not in _REFUSALS:
                    raise failed_call(refused) from None
                raise ItemFileError(path, read.line, refused.response["Error"]["Message"]) from None


def _put_all(client: Any, bodies: Bodies, name: str, batch: Batch) -> None:
    """Put some items, what is left unprocessed again.

    Raises:
        ClientError: the call is refused.
        CrossgrantError: nothing answers, or items stay unprocessed.

    """
    left: list[dict[str, Any]] = [{"PutRequest": {"Item": read.item}} for read in batch]
    bodies.body = _body({"RequestItems": {name: left}})
    for attempt in range(_MOST_TRIES):
        try:
            answer = client.batch_write_item(RequestItems={name: [] if bodies.body else left})
        except BotoCoreError as error:
            raise failed_call(error) from None
        finally:
            bodies.body = None
        left = answer.get("UnprocessedItems", {}).get(name, [])
        if not left:
            return
        time.sleep(min(2**attempt * 0.05, 5.0))
    raise CrossgrantError(f"{name} doesn't keep up: items stay unprocessed", help="raise its capacity, then go on")


def _body(value: dict[str, Any]) -> bytes:
    """Return the JSON of a call: letters as they are, or 25 large items would be more than the 16 MB of a call."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair: AWS says what it says
        return json.dumps(value).encode()


class Bodies(threading.local):
    """The body of the call that a thread makes next, in the place of the one that botocore would write.

    The items of a file are DynamoDB JSON already; botocore's serializer would take longer over them than all the rest.
    """

    body: bytes | None = None

    def put_into(self, client: Any) -> None:
        """Have the client send these bodies."""
        client.meta.events.register("before-call.dynamodb.BatchWriteItem", self._replace)

    def _replace(self, params: dict[str, Any], **_others: Any) -> None:
        if self.body is not None:
            params["body"] = self.body


class _Notes:
    """How far a load of a file came, in a file beside it that goes when the load is done.

    A load goes on into the same table, and behind lines that are as they were: what comes after may have been mended.
    """

    def __init__(self, path: Path, table: list[str]) -> None:
        self._path = path.with_name(f".{path.name}.load-progress")
        self._file, self._table = path, table
        self._line = self._offset = self._hashed = 0
        self._hash = hashlib.sha256()
        self._kept_at = time.monotonic()

    def line(self) -> int:
        """Return the last line of an earlier load into this table, or 0."""
        try:
            kept = json.loads(self._path.read_text())
            if kept["table"] == self._table and kept["lines"] == self._digest(kept["offset"]):
                return int(kept["line"])
        except (OSError, ValueError, LookupError, TypeError):
            pass
        self._hash, self._hashed = hashlib.sha256(), 0
        return 0

    def done(self, read: Read) -> None:
        """Note a line, now and then on the disk."""
        self._line, self._offset = read.line, read.offset
        self.keep(force=False)

    def keep(self, *, force: bool) -> None:
        """Write the note; beside a file in a folder that can't be written a load just can't go on."""
        if self._line and (force or time.monotonic() - self._kept_at > _SECONDS_BETWEEN_NOTES):
            self._kept_at = time.monotonic()
            with suppress(OSError):
                lines = self._digest(self._offset)
                note = {"line": self._line, "offset": self._offset, "lines": lines, "table": self._table}
                self._path.write_text(json.dumps(note))

    def forget(self) -> None:
        """Remove the note."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _digest(self, offset: int) -> str:
        """Return the digest of the file's first bytes; those that were read before aren't read again."""
        with self._file.open("rb") as file:
            file.seek(self._hashed)
            while self._hashed < offset and (part := file.read(min(offset - self._hashed, 1 << 20))):
                self._hash.update(part)
                self._hashed += len(part)
        return f"{self._hashed} {self._hash.hexdigest()}"
