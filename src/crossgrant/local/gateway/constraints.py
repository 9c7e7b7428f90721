"""The constraints of a service's model, checked on an input, with AWS's sentences.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html shows them for each parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from crossgrant.local.gateway.model import ServiceModel


def violations(model: ServiceModel, shape: str, value: Mapping[str, Any]) -> list[str]:
    """Return one sentence for each constraint that `value` breaks, in the model's order."""
    return list(_structure(model, shape, value, ""))


def validation_message(sentences: list[str]) -> str:
    """Return AWS's text for the broken constraints."""
    count = len(sentences)
    noun = "error" if count == 1 else "errors"
    return f"{count} validation {noun} detected: " + "; ".join(sentences)


def _structure(model: ServiceModel, shape: str, value: Mapping[str, Any], path: str) -> Iterator[str]:
    data = model.shapes[shape]
    for name in data.get("required", ()):
        if value.get(name) is None:
            yield _sentence(None, _joined(path, name), "Member must not be null")
    for name, member in data.get("members", {}).items():
        if value.get(name) is not None:
            yield from _any(model, member["shape"], value[name], _joined(path, name))


def _any(model: ServiceModel, shape: str, value: Any, path: str) -> Iterator[str]:
    data = model.shapes[shape]
    match data["type"]:
        case "structure":
            yield from _structure(model, shape, value, path)
        case "list":
            yield from _length(data, value, path)
            for index, element in enumerate(value, 1):
                yield from _any(model, data["member"]["shape"], element, f"{path}.{index}.member")
        case "map":
            yield from _length(data, value, path)
            for key, element in value.items():
                yield from _any(model, data["value"]["shape"], element, f"{path}.{key}.member")
        case "string":
            yield from _string(data, value, path)
        case "blob":
            yield from _length(data, value, path)
        case "integer" | "long":
            yield from _range(data, value, path)


def _string(data: Mapping[str, Any], value: str, path: str) -> Iterator[str]:
    yield from _length(data, value, path)
    if "pattern" in data and not compiled(data["pattern"]).fullmatch(value):
        yield _sentence(value, path, f"Member must satisfy regular expression pattern: {data['pattern']}")
    if "enum" in data and value not in data["enum"]:
        yield _sentence(value, path, f"Member must satisfy enum value set: [{', '.join(data['enum'])}]")


def _length(data: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    if "min" in data and len(value) < data["min"]:
        yield _sentence(value, path, f"Member must have length greater than or equal to {data['min']}")
    if "max" in data and len(value) > data["max"]:
        yield _sentence(value, path, f"Member must have length less than or equal to {data['max']}")


def _range(data: Mapping[str, Any], value: float, path: str) -> Iterator[str]:
    if "min" in data and value < data["min"]:
        yield _sentence(value, path, f"Member must have value greater than or equal to {data['min']}")
    if "max" in data and value > data["max"]:
        yield _sentence(value, path, f"Member must have value less than or equal to {data['max']}")


@lru_cache
def compiled(pattern: str) -> re.Pattern[str]:
    r"""Return a model's pattern as Python reads it; `\p{L}`, `\p{N}` become word characters, `\p{Z}` white space."""
    return re.compile(pattern.replace(r"\p{L}", r"\w").replace(r"\p{N}", r"\w").replace(r"\p{Z}", r"\s"))


def _sentence(value: Any, path: str, rule: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {rule}"


def _joined(path: str, name: str) -> str:
    lowered = name[:1].lower() + name[1:]
    return f"{path}.{lowered}" if path else lowered
