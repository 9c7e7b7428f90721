"""Files of items: JSON Lines of plain values or DynamoDB JSON, and CSV; each item and each mistake with its line.

Items are read as DynamoDB JSON, and written from what boto3's client returns, where binary is bytes.
"""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO, cast

from crossgrant.errors import CrossgrantError

Item = dict[str, dict[str, Any]]

FORMATS = ("dynamodb-json", "plain", "csv")
_READ_AT_ONCE = 1 << 20  # bytes: each read lets the threads that put run, and waits for them
_MOST_SHOWN = 60
_MOST_IN_A_CELL = 1_000_000  # more than an item may have


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
        with path.open("rb", buffering=_READ_AT_ONCE) as file:
            lines = _Lines(path, file)
            yield from _read_csv(path, lines, types) if path.suffix.lower() == ".csv" else _read_lines(path, lines)
    except OSError as error:
        raise CrossgrantError(f"`{path}` can't be read: {error.strerror}") from None


class _Lines:
    """The lines of a file as text, without a byte order mark, and how far they were read."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self.number = self.offset = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self.number += 1
            self.offset += len(line)
            try:
                yield line.decode("utf-8" if self.number > 1 else "utf-8-sig")
            except UnicodeDecodeError as error:
                problem = f"no UTF-8 text: {error.reason} at byte {error.start + 1}"
                raise ItemFileError(self._path, self.number, problem, help="save the file as UTF-8") from None


class _Number(str):
    """A number of a JSON text, as it is written: no float keeps 38 digits."""

    __slots__ = ()


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number that a table can hold")


_DECODER = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_no_number)


def _read_lines(path: Path, lines: _Lines) -> Iterator[Read]:
    for text in lines:
        if not text.strip():
            continue
        try:
            value = _DECODER.decode(text)
            if not isinstance(value, dict):
                raise ItemFileError(path, lines.number, "an object was expected, one item a line")
            item = item_of(value)
        except json.JSONDecodeError as error:
            raise ItemFileError(path, lines.number, f"no JSON: {error.msg} at column {error.colno}") from None
        except ValueError as error:
            raise ItemFileError(path, lines.number, str(error)) from None
        except RecursionError:
            raise ItemFileError(path, lines.number, "nested too deeply: a table holds 32 levels") from None
        yield Read(lines.number, lines.offset, item)


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
    """Say whether each value of an object has DynamoDB's form."""
    return isinstance(value, dict) and bool(value) and all(map(_is_wire, value.values()))


def _is_wire(value: object) -> bool:
    """Say whether a value has DynamoDB's form: one type, with a content that fits it."""
    return (
        isinstance(value, dict)
        and len(value) == 1
        and all(kind in _CONTENTS and type(content) in _CONTENTS[kind] for kind, content in value.items())
    )


_CONTENTS: Mapping[str, tuple[type, ...]] = {
    "S": (str,),
    "N": (str, _Number),
    "B": (str,),
    "BOOL": (bool,),
    "NULL": (bool,),
    "SS": (list,),
    "NS": (list,),
    "BS": (list,),
    "L": (list,),
    "M": (dict,),
}


def _from_wire(typed: object) -> dict[str, Any]:
    if not _is_wire(typed):
        raise ValueError(f"`{_shown(typed)}` is no value in DynamoDB JSON")
    ((kind, content),) = cast("dict[str, Any]", typed).items()
    match kind:
        case "SS" | "NS" | "BS":
            return {kind: [_from_wire({kind[0]: each})[kind[0]] for each in content]}
        case "B":
            _check_base64(content)
        case "L":
            return {"L": [_from_wire(each) for each in content]}
        case "M":
            return {"M": {name: _from_wire(each) for name, each in content.items()}}
    return {kind: content}


def _check_base64(text: str) -> None:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError(f"`{_shown(text)}` is no base64") from None


def _shown(value: object) -> str:
    """Return the beginning of a value, for an error."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


def _from_plain(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case _Number():
            return {"N": value}
        case list():
            return {"L": [_from_plain(each) for each in value]}
        case dict():
            return {"M": {name: _from_plain(each) for name, each in value.items()}}
    return {"S": value}


def _read_csv(path: Path, lines: _Lines, types: Mapping[str, str]) -> Iterator[Read]:
    """Yield the rows: numbers where the table's key or the header (`total:N`) says so, else text; no empty cells."""
    csv.field_size_limit(_MOST_IN_A_CELL)
    rows = csv.reader(iter(lines), strict=True)
    try:
        columns = [_column(name, types) for name in next(rows, ())]
        names = [name for name, _ in columns]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ItemFileError(path, lines.number, f"the header names `{twice}` twice")
        for row in rows:
            if len(row) > len(columns):
                raise ItemFileError(path, lines.number, f"{len(row)} cells, where the header names {len(columns)}")
            item = {name: {kind: cell} for (name, kind), cell in zip(columns, row, strict=False) if cell}
            if item:
                yield Read(lines.number, lines.offset, item)
    except csv.Error as error:
        raise ItemFileError(path, lines.number, f"no CSV: {error}") from None


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
    """Write rows under the columns of the first page of items, as `table load` reads them back.

    A later attribute that has no column, or another type than its column, is an error.
    """
    rows: Any = csv.writer(file, lineterminator="\n")
    columns: dict[str, str] = {}

    def write(items: Iterable[Item]) -> None:
        listed = list(items)
        if not columns and listed:
            columns.update({name: kind for item in listed for name, value in item.items() for kind in value})
            rows.writerow([_heading(name, kind) for name, kind in columns.items()])
        for item in listed:
            unknown = [name for name in item if name not in columns]
            if unknown:
                raise CrossgrantError(
                    f"`{unknown[0]}` has no column: the first items didn't have it", help="use another --format"
                )
            rows.writerow([_cell(name, kind, item.get(name)) for name, kind in columns.items()])

    return write


def _heading(name: str, kind: str) -> str:
    return f"{name}:{kind}" if kind == "N" or name.endswith((":S", ":N")) else name


def _cell(name: str, column: str, value: dict[str, Any] | None) -> str:
    if value is None:
        return ""
    ((kind, content),) = value.items()
    if kind not in ("S", "N"):
        raise CrossgrantError(f"CSV can't hold a value of type {kind}, as `{name}` has", help="use another --format")
    if kind != column:
        raise CrossgrantError(f"`{name}` is of type {column} and {kind}", help="use another --format")
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
