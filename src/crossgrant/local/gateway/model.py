"""AWS's wire formats as data: the service models that botocore ships, read without importing botocore.

Importing botocore takes longer than starting the gateway, and only its data is wanted here.
https://github.com/boto/botocore/tree/develop/botocore/data
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ShapeData = Mapping[str, Any]


@dataclass(frozen=True)
class OperationModel:
    """One operation of a model: how it stands on the wire, and its input and output shapes."""

    name: str
    method: str
    request_uri: str
    response_code: int
    input: str | None
    output: str | None
    result_wrapper: str | None


class ServiceModel:
    """One service's model: its metadata, operations and shapes."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        metadata = data["metadata"]
        self.protocol: str = metadata["protocol"]
        self.api_version: str = metadata["apiVersion"]
        self.json_version: str = metadata.get("jsonVersion", "1.0")
        self.target_prefix: str = metadata.get("targetPrefix", "")
        self.xml_namespace: str = metadata.get("xmlNamespace", "")
        self.shapes: Mapping[str, ShapeData] = data["shapes"]
        self.operations = {name: _operation(name, entry) for name, entry in data["operations"].items()}

    @cached_property
    def routes(self) -> tuple[tuple[str, re.Pattern[str], OperationModel], ...]:
        """The method and path of each operation; the longer template first, so that the nearest one matches."""
        by_length = sorted(self.operations.values(), key=lambda operation: -len(operation.request_uri))
        return tuple((each.method, _path_pattern(each.request_uri), each) for each in by_length)

    def members(self, shape: str | None) -> Mapping[str, ShapeData]:
        """Return the members of a structure shape, none for no shape."""
        if shape is None:
            return {}
        members: Mapping[str, ShapeData] = self.shapes[shape].get("members", {})
        return members


def load_model(folder: str) -> ServiceModel:
    """Read the newest model in `folder` of botocore's data."""
    spec = importlib.util.find_spec("botocore")
    assert spec is not None and spec.origin is not None  # noqa: PT018 - one fact: botocore is installed
    versions = (Path(spec.origin).parent / "data" / folder).iterdir()
    newest = max(version for version in versions if version.is_dir())
    packed = newest / "service-2.json.gz"
    raw = gzip.decompress(packed.read_bytes()) if packed.exists() else (newest / "service-2.json").read_bytes()
    return ServiceModel(json.loads(raw))


def _operation(name: str, entry: Mapping[str, Any]) -> OperationModel:
    output = entry.get("output", {})
    return OperationModel(
        name=name,
        method=entry["http"]["method"],
        request_uri=entry["http"]["requestUri"].partition("?")[0],
        response_code=entry["http"].get("responseCode", 200),
        input=entry.get("input", {}).get("shape"),
        output=output.get("shape"),
        result_wrapper=output.get("resultWrapper"),
    )


def _path_pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", template.rstrip("/"))
    pattern = "".join(
        f"(?P<{part[1:-1].rstrip('+')}>{'.+' if part.endswith('+}') else '[^/]+'})"
        if part.startswith("{")
        else re.escape(part)
        for part in parts
    )
    return re.compile(pattern + "/?$")
