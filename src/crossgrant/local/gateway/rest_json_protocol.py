"""The rest-json protocol (Lambda): members in the path, query, headers and body.

https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

from crossgrant.local.gateway.json_protocol import json_object, read_value, write_value
from crossgrant.local.gateway.model import OperationModel, ServiceModel
from crossgrant.local.gateway.wire import HttpAnswer, HttpRequest, UnreadableInputError
from crossgrant.local.operation import ServiceError

_JSON = (b"content-type", b"application/json")
_BOOLEANS = {"true": True, "false": False}


def route(model: ServiceModel, request: HttpRequest) -> OperationModel | None:
    """Return the operation whose method and path the request has."""
    found = _matched(model, request.method, request.path)
    return None if found is None else found[0]


@lru_cache(maxsize=4096)
def _matched(model: ServiceModel, method: str, path: str) -> tuple[OperationModel, Mapping[str, str]] | None:
    """Return the operation of a method and path, and what stands for the path's labels."""
    for of_operation, pattern, operation in model.routes:
        if of_operation == method and (match := pattern.match(path)):
            return operation, {name: unquote(text) for name, text in match.groupdict().items()}
    return None


class RestJsonProtocol:
    """Reads and writes members where the model puts them."""

    def read_input(self, model: ServiceModel, operation: OperationModel, request: HttpRequest) -> dict[str, Any]:
        """Return the input by the model's member names."""
        found_route = _matched(model, request.method, request.path)
        labels = {} if found_route is None else found_route[1]
        query = parse_qs(request.query, keep_blank_values=True)
        payload = None if operation.input is None else model.shapes[operation.input].get("payload")
        body = {} if payload or not request.body else json_object(request.body)
        value: dict[str, Any] = {}
        for name, member in model.members(operation.input).items():
            wire_name = member.get("locationName", name)
            kind = model.shapes[member["shape"]]["type"]
            found: Any = None
            match member.get("location"):
                case "uri":
                    found = labels.get(wire_name)
                case "querystring":
                    found = _text_value(kind, query[wire_name][0], name) if wire_name in query else None
                case "header":
                    text = request.headers.get(wire_name.lower())
                    found = None if text is None else _text_value(kind, text, name)
                case _ if name == payload:
                    found = request.body
                case _ if body.get(wire_name) is not None:
                    found = read_value(model, member["shape"], body[wire_name], name)
            if found is not None:
                value[name] = found
        return value

    def write_output(
        self, model: ServiceModel, operation: OperationModel, output: Mapping[str, Any], request_id: str
    ) -> HttpAnswer:
        """Return the output: some members as headers, one as the status, the rest as JSON or the raw payload."""
        payload = None if operation.output is None else model.shapes[operation.output].get("payload")
        status, headers, body = operation.response_code, [_JSON], {}
        for name, member in model.members(operation.output).items():
            value = output.get(name)
            if value is None or name == payload:
                continue
            wire_name = member.get("locationName", name)
            match member.get("location"):
                case "statusCode":
                    status = value
                case "header":
                    headers.append((wire_name.lower().encode(), str(value).encode()))
                case _:
                    body[wire_name] = write_value(model, member["shape"], value)
        if payload is not None:
            return HttpAnswer(status, tuple(headers), output.get(payload) or b"")
        empty = status == 204  # noqa: PLR2004 - No Content
        return HttpAnswer(status, tuple(headers), b"" if empty else json.dumps(body, separators=(",", ":")).encode())

    def write_error(self, error: ServiceError, namespace: str, request: HttpRequest, request_id: str) -> HttpAnswer:
        """Return AWS's error: its type in a header, `Type` and `Message` in the body (confirmed.md L1, L3)."""
        headers = (_JSON, (b"x-amzn-errortype", error.code.encode()))
        text = "Message" if "Type" in error.members else "message"
        body = {**error.members, text: error.message}
        return HttpAnswer(error.status, headers, json.dumps(body, separators=(",", ":")).encode())


def _text_value(kind: str, text: str, name: str) -> Any:
    try:
        match kind:
            case "integer" | "long":
                return int(text)
            case "boolean":
                return _BOOLEANS[text.lower()]
            case _:
                return text
    except (ValueError, KeyError):
        raise UnreadableInputError(f"'{text}' is no {kind} at '{name}'") from None
