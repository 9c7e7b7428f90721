"""The JSON protocols 1.0 and 1.1 (DynamoDB, CloudWatch Logs, crossgrant's own): JSON in, JSON out.

https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from typing import Any

from crossgrant.local.gateway.model import OperationModel, ServiceModel
from crossgrant.local.gateway.wire import HttpAnswer, HttpRequest, UnreadableInputError
from crossgrant.local.operation import ServiceError

_JSON_TYPES = ("application/x-amz-json-1.0", "application/x-amz-json-1.1", "application/json")

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float),
    "blob": (str,),
    "structure": (dict,),
    "list": (list,),
    "map": (dict,),
}


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a body holds."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableInputError("the body is no JSON") from None
    if not isinstance(value, dict):
        raise UnreadableInputError("the body is no JSON object")
    return value


class JsonProtocol:
    """Reads and writes JSON by the model's shapes."""

    def read_input(self, model: ServiceModel, operation: OperationModel, request: HttpRequest) -> dict[str, Any]:
        """Return the input by the model's member names; a `null` member is absent, an empty body an empty object."""
        body = json_object(request.body) if request.body else {}
        return {} if operation.input is None else read_structure(model, operation.input, body)

    def write_output(
        self, model: ServiceModel, operation: OperationModel, output: Mapping[str, Any], request_id: str
    ) -> HttpAnswer:
        """Return the output as JSON."""
        value = {} if operation.output is None else write_structure(model, operation.output, output)
        return json_answer(
            200, f"application/x-amz-json-{model.json_version}", json.dumps(value, separators=(",", ":")).encode()
        )

    def write_error(self, error: ServiceError, namespace: str, request: HttpRequest, request_id: str) -> HttpAnswer:
        """Return AWS's error object; the type carries the namespace, AccessDeniedException a capital `Message`."""
        text = "Message" if error.code == "AccessDeniedException" and namespace else "message"
        body = {"__type": namespace + error.code, **error.members, text: error.message}
        return json_answer(error.status, json_type(request), json.dumps(body, separators=(",", ":")).encode())


def json_type(request: HttpRequest) -> str:
    """Return the JSON content type that was sent, for the answer to have the same."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    return kind if kind in _JSON_TYPES else "application/x-amz-json-1.0"


def json_answer(status: int, content_type: str, body: bytes) -> HttpAnswer:
    """Return a JSON body with the CRC32 that DynamoDB's clients check."""
    headers = (
        (b"content-type", content_type.encode()),
        (b"x-amz-crc32", b"%d" % zlib.crc32(body)),
    )
    return HttpAnswer(status, headers, body)


def read_structure(model: ServiceModel, shape: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of `value` that the shape knows, blobs decoded."""
    return {
        name: read_value(model, member["shape"], value[wire_name], name)
        for name, member in model.members(shape).items()
        if value.get(wire_name := member.get("locationName", name)) is not None
    }


def read_value(model: ServiceModel, shape: str, value: Any, path: str) -> Any:
    """Return one JSON value as the shape's type, or raise UnreadableInputError that names its place."""
    data = model.shapes[shape]
    kind = data["type"]
    if not _is_of(value, kind):
        raise UnreadableInputError(f"`{path}` is no {kind}")
    match kind:
        case "structure":
            return read_structure(model, shape, value)
        case "list":
            return [read_value(model, data["member"]["shape"], element, path) for element in value]
        case "map":
            return {key: read_value(model, data["value"]["shape"], element, path) for key, element in value.items()}
        case "blob":
            try:
                return base64.b64decode(value, validate=True)
            except binascii.Error:
                raise UnreadableInputError(f"`{path}` is no base64") from None
        case _:
            return value


def _is_of(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def write_structure(model: ServiceModel, shape: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of `value` that the shape knows, blobs encoded."""
    return {
        member.get("locationName", name): write_value(model, member["shape"], value[name])
        for name, member in model.members(shape).items()
        if value.get(name) is not None
    }


def write_value(model: ServiceModel, shape: str, value: Any) -> Any:
    """Return one value as JSON holds it."""
    data = model.shapes[shape]
    match data["type"]:
        case "structure":
            return write_structure(model, shape, value)
        case "list":
            return [write_value(model, data["member"]["shape"], element) for element in value]
        case "map":
            return {key: write_value(model, data["value"]["shape"], element) for key, element in value.items()}
        case "blob":
            return base64.b64encode(value).decode()
        case _:
            return value
