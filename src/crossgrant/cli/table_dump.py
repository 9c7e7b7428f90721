"""Write every item of a table to a file, page by page."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import Progress, TextColumn

from crossgrant.cli.failed_call import failed_call
from crossgrant.cli.item_files import Item, writer
from crossgrant.errors import CrossgrantError


def dump_items(client: Any, name: str, path: Path | None, form: str) -> int:
    """Write the table's items in that format, to the file or to standard output; return how many.

    Raises:
        CrossgrantError: the table can't be read, the file can't be written, or the format can't hold an item.

    """
    count = 0
    with (
        _opened(path) as file,
        Progress(TextColumn("{task.completed:,} items"), console=Console(stderr=True), transient=True) as progress,
    ):
        task = progress.add_task("")
        write = writer(form, file)
        for items in _pages(client, name):
            write(items)
            count += len(items)
            progress.update(task, completed=count)
    return count


def _pages(client: Any, name: str) -> Iterator[list[Item]]:
    start: dict[str, Any] = {}
    while True:
        try:
            page = client.scan(TableName=name, ConsistentRead=True, **start)
        except (ClientError, BotoCoreError) as error:
            raise failed_call(error) from None
        yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    """Yield standard output, or a file that takes its name only once it is whole."""
    if path is None:
        yield sys.stdout
        return
    try:
        handle, partial = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    except OSError as error:
        raise CrossgrantError(f"`{path}` can't be written: {error.strerror}") from None
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        Path(partial).replace(path)
    except OSError as error:
        raise CrossgrantError(f"`{path}` can't be written: {error.strerror}") from None
    finally:
        Path(partial).unlink(missing_ok=True)
        signal.signal(signal.SIGTERM, before)
