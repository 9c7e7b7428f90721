"""The story's values as boto3 takes them: documents as text, payloads as bytes, folders as zips."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crossgrant.demo.step import Value

DOCUMENTS = frozenset({"PolicyDocument", "AssumeRolePolicyDocument"})
_BYTES = frozenset({"Payload"})


def parameters_for_boto3(parameters: Mapping[str, Value]) -> dict[str, Any]:
    """Return an operation's parameters as boto3 takes them."""
    return {name: _converted(name, value) for name, value in parameters.items()}


def plain(value: Value) -> Any:
    """Return a value as plain dicts and lists; a folder as its zip's bytes."""
    if isinstance(value, Path):
        return zipped(value)
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(each) for each in value]
    return value


def compact(value: Value) -> str:
    """Return a value as JSON without spaces."""
    return json.dumps(plain(value), separators=(",", ":"))


def zipped(folder: Path) -> bytes:
    """Return a zip of a function's folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.py")):
            archive.writestr(zipfile.ZipInfo(str(path.relative_to(folder))), path.read_bytes())
    return buffer.getvalue()


def _converted(name: str, value: Value) -> Any:
    if name in DOCUMENTS:
        return compact(value)
    if name in _BYTES:
        return compact(value).encode()
    return plain(value)
