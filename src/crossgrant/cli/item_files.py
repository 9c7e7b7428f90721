"""Files of items: JSON Lines of plain values or DynamoDB JSON, and CSV; each item and each mistake with its line.

Items are read as DynamoDB JSON, and written from what boto3's client returns, where binary is bytes.
"""

from __future__ import annotations

import base64
import binascii
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from crossgrant.errors import CrossgrantError

Item = dict[str, dict[str, Any]]

FORMATS = ("dynamodb-json", "plain", "csv")


class ItemFileError(CrossgrantError):
    """A line that is no item: `orders.jsonl:17: …`."""

    def __init__(self, path: Path, line: int, problem: str, *, help: str | None = None) -> None:  # noqa: A002 - as the root
        super().__init__(f"{path}:{line}: {problem}", help=help)


class Read(NamedTuple):
    """An item, the line that it ends on, and the bytes read up to there."""

    line: int
    offset: int
    item: Item


def read_items(path: Path, types: Mapping[str, str]) -> Iterator[Read]:
    """Yield the items of a file, CSV if its name ends so, else JSON Lines.

    Args:
        path: the file.
        types: the types of the table's key attributes, which CSV doesn't tell.

    Raises:
        ItemFileError: a line is no item.
        CrossgrantError: the file can't be read.

    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from _read_csv(path, file, types) if path.suffix.lower() == ".csv" else _read_lines(path, file)
    except OSError as error:
        raise CrossgrantError(f"`{path}` can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CrossgrantError(f"`{path}` is no UTF-8 text") from None


def _read_lines(path: Path, file: TextIO) -> Iterator[Read]:
    offset = 0
    for number, text in enumerate(file, 1):
        offset += len(text) if text.isascii() else len(text.encode())
        if not text.strip():
            continue
        try:
            value = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        except ValueError as error:
            raise ItemFileError(path, number, f"no JSON: {error}") from None
        if not isinstance(value, dict):
            raise ItemFileError(path, number, "an object was expected, one item a line")
        try:
            yield Read(number, offset, item_of(value))
        except ValueError as error:
            raise ItemFileError(path, number, str(error)) from None


def item_of(value: dict[str, Any]) -> Item:
    """Return the item that a JSON object states, in DynamoDB JSON (also as AWS exports it, `{"Item": …}`) or plainly.

    Raises:
        ValueError: a value can't be stored.

    """
    if set(value) == {"Item"} and _is_typed(value["Item"]):
        value = value["Item"]
    if _is_typed(value):
        return {name: _from_wire(typed) for name, typed in value.items()}
    return {name: _from_plain(plain) for name, plain in value.items()}


def _is_typed(value: object) -> bool:
    """Say whether each value of an object has DynamoDB's form: one type, with a content that fits it."""
    return (
        isinstance(value, dict)
        and bool(value)
        and all(
            isinstance(typed, dict)
            and len(typed) == 1
            and all(kind in _CONTENTS and isinstance(content, _CONTENTS[kind]) for kind, content in typed.items())
            for typed in value.values()
        )
    )


_CONTENTS: Mapping[str, type | tuple[type, ...]] = {
    "S": str,
    "N": (str, Decimal),
    "B": str,
    "BOOL": bool,
    "NULL": bool,
    "SS": list,
    "NS": list,
    "BS": list,
    "L": list,
    "M": dict,
}


def _from_wire(typed: dict[str, Any]) -> dict[str, Any]:
    ((kind, content),) = typed.items()
    try:
        match kind:
            case "N":
                return {"N": str(content)}
            case "B" | "BS":
                for each in [content] if kind == "B" else content:
                    base64.b64decode(each, validate=True)
            case "L":
                return {"L": [_from_wire(each) for each in content]}
            case "M":
                return {"M": {name: _from_wire(each) for name, each in content.items()}}
    except binascii.Error:
        raise ValueError(f"`{content}` is no base64") from None
    return typed


def _from_plain(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case Decimal():
            return {"N": str(value)}
        case list():
            return {"L": [_from_plain(each) for each in value]}
        case dict():
            return {"M": {name: _from_plain(each) for name, each in value.items()}}
    raise ValueError(f"`{value}` can't be stored")


def _read_csv(path: Path, file: TextIO, types: Mapping[str, str]) -> Iterator[Read]:
    """Yield the rows: numbers where the table's key or the header (`total:N`) says so, else text; no empty cells."""
    rows = csv.reader(file, strict=True)
    try:
        header = next(rows, None)
        if header is None:
            return
        columns = [_column(name, types) for name in header]
        for row in rows:
            if len(row) > len(columns):
                raise ItemFileError(path, rows.line_num, f"{len(row)} cells, where the header names {len(columns)}")
            item = {name: {kind: cell} for (name, kind), cell in zip(columns, row, strict=False) if cell}
            yield Read(rows.line_num, rows.line_num, item)
    except csv.Error as error:
        raise ItemFileError(path, rows.line_num, f"no CSV: {error}") from None


def _column(name: str, types: Mapping[str, str]) -> tuple[str, str]:
    plain, colon, kind = name.rpartition(":")
    return (plain, kind) if colon and kind in ("S", "N") else (name, types.get(name, "S"))


def writer(name: str, file: TextIO) -> Callable[[Iterable[Item]], None]:
    """Return a function that writes items to an open file in the format of that name.

    The function raises CrossgrantError for an item that the format can't hold.
    """
    if name == "csv":
        return _csv_writer(file)
    text = _wire_text if name == "dynamodb-json" else _plain_text

    def write(items: Iterable[Item]) -> None:
        file.writelines(text({"M": item}) + "\n" for item in items)

    return write


def _csv_writer(file: TextIO) -> Callable[[Iterable[Item]], None]:
    """Write rows under the columns of the first page of items; a later attribute that has no column is an error."""
    rows: Any = csv.writer(file, lineterminator="\n")
    columns: list[str] = []

    def write(items: Iterable[Item]) -> None:
        listed = list(items)
        if not columns and listed:
            columns.extend(dict.fromkeys(name for item in listed for name in item))
            rows.writerow(columns)
        for item in listed:
            unknown = [name for name in item if name not in columns]
            if unknown:
                raise CrossgrantError(
                    f"`{unknown[0]}` has no column: the first items didn't have it", help="use another --format"
                )
            rows.writerow([_cell(item.get(name)) for name in columns])

    return write


def _cell(value: dict[str, Any] | None) -> str:
    if value is None:
        return ""
    ((kind, content),) = value.items()
    if kind not in ("S", "N"):
        raise CrossgrantError(f"CSV can't hold a value of type {kind}", help="use another --format")
    return str(content)


def _wire_text(item: dict[str, Any]) -> str:
    return json.dumps(_to_wire(item)["M"], ensure_ascii=False)


def _to_wire(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return {"B": base64.b64encode(content).decode()}
        case "BS":
            return {"BS": [base64.b64encode(each).decode() for each in content]}
        case "L":
            return {"L": [_to_wire(each) for each in content]}
        case "M":
            return {"M": {name: _to_wire(each) for name, each in content.items()}}
    return value


def _plain_text(value: dict[str, Any]) -> str:
    """Return a value as JSON; numbers keep their digits, which no float would."""
    ((kind, content),) = value.items()
    match kind:
        case "NULL":
            return "null"
        case "N":
            return str(content)
        case "S" | "BOOL":
            return json.dumps(content, ensure_ascii=False)
        case "L":
            return f"[{', '.join(map(_plain_text, content))}]"
        case "M":
            members = (f"{json.dumps(name, ensure_ascii=False)}: {_plain_text(each)}" for name, each in content.items())
            return f"{{{', '.join(members)}}}"
    raise CrossgrantError(
        f"plain values can't hold a value of type {kind}", help="use --format dynamodb-json, which holds every type"
    )
