"""The query protocol (STS, IAM): a form in, XML out.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape  # xml.sax.saxutils would load urllib.request and the email package with it
from typing import Any

from crossgrant.local.gateway.model import OperationModel, ServiceModel
from crossgrant.local.gateway.wire import HttpAnswer, HttpRequest, UnreadableInputError
from crossgrant.local.operation import ServiceError

_HEADERS = ((b"content-type", b"text/xml"),)
_ERROR_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
_BOOLEANS = {"true": True, "false": False}


class QueryProtocol:
    """Reads flattened members (`Tags.member.1.Key`), writes XML."""

    def read_input(self, model: ServiceModel, operation: OperationModel, request: HttpRequest) -> dict[str, Any]:
        """Return the input by the model's member names."""
        if operation.input is None:
            return {}
        value = _read(model, operation.input, request.form, "")
        return value if isinstance(value, dict) else {}

    def write_output(
        self, model: ServiceModel, operation: OperationModel, output: Mapping[str, Any], request_id: str
    ) -> HttpAnswer:
        """Return the operation's response document."""
        result = ""
        if operation.output is not None and operation.result_wrapper is not None:
            inner = _structure_xml(model, operation.output, output)
            result = f"<{operation.result_wrapper}>{inner}</{operation.result_wrapper}>"
        document = (
            f'<{operation.name}Response xmlns="{model.xml_namespace}">{result}'
            f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation.name}Response>"
        )
        return HttpAnswer(200, _HEADERS, document.encode())

    def write_error(self, error: ServiceError, namespace: str, request: HttpRequest, request_id: str) -> HttpAnswer:
        """Return AWS's ErrorResponse (confirmed.md S)."""
        return error_answer(error, namespace or _ERROR_NAMESPACE, request_id)


def error_answer(error: ServiceError, namespace: str, request_id: str) -> HttpAnswer:
    """Return an ErrorResponse in the indented form that AWS writes."""
    kind = "Sender" if error.status < 500 else "Receiver"  # noqa: PLR2004 - HTTP's classes
    document = (
        f'<ErrorResponse xmlns="{namespace}">\n  <Error>\n    <Type>{kind}</Type>\n'
        f"    <Code>{_text(error.code)}</Code>\n    <Message>{_text(error.message)}</Message>\n  </Error>\n"
        f"  <RequestId>{request_id}</RequestId>\n</ErrorResponse>\n"
    )
    return HttpAnswer(error.status, _HEADERS, document.encode())


def _read(model: ServiceModel, shape: str, form: Mapping[str, str], prefix: str) -> Any:
    """Return the value that `form` holds under `prefix`, None where it holds none."""
    data = model.shapes[shape]
    kind = data["type"]
    if kind == "structure":
        return _read_structure(model, data, form, prefix)
    if kind == "list":
        return _read_list(model, data, form, prefix)
    if kind == "map":
        return _read_map(model, data, form, prefix)
    text = form.get(prefix)
    return None if text is None else _scalar(kind, text, prefix)


def _read_structure(
    model: ServiceModel, data: Mapping[str, Any], form: Mapping[str, str], prefix: str
) -> dict[str, Any] | None:
    value: dict[str, Any] = {}
    for name, member in data.get("members", {}).items():
        wire_name = member.get("locationName", name)
        found = _read(model, member["shape"], form, f"{prefix}.{wire_name}" if prefix else wire_name)
        if found is not None:
            value[name] = found
    return value if value or not prefix else None


def _read_list(model: ServiceModel, data: Mapping[str, Any], form: Mapping[str, str], prefix: str) -> list[Any] | None:
    if form.get(prefix) == "":
        return []
    stem = prefix if data.get("flattened") else f"{prefix}.{data['member'].get('locationName', 'member')}"
    value: list[Any] = []
    while (element := _read(model, data["member"]["shape"], form, f"{stem}.{len(value) + 1}")) is not None:
        value.append(element)
    return value or None


def _read_map(
    model: ServiceModel, data: Mapping[str, Any], form: Mapping[str, str], prefix: str
) -> dict[str, Any] | None:
    stem = prefix if data.get("flattened") else f"{prefix}.entry"
    value: dict[str, Any] = {}
    while (key := form.get(f"{stem}.{len(value) + 1}.key")) is not None:
        value[key] = _read(model, data["value"]["shape"], form, f"{stem}.{len(value) + 1}.value")
    return value or None


def _scalar(kind: str, text: str, name: str) -> Any:
    try:
        match kind:
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "boolean":
                return _BOOLEANS[text.lower()]
            case "timestamp":
                return datetime.fromisoformat(text).timestamp()
            case _:
                return text
    except (ValueError, KeyError):
        raise UnreadableInputError(f"'{text}' is no {kind} at '{name}'") from None


def _structure_xml(model: ServiceModel, shape: str, value: Mapping[str, Any]) -> str:
    members = model.shapes[shape].get("members", {})
    return "".join(
        _element(model, member["shape"], member.get("locationName", name), value[name])
        for name, member in members.items()
        if value.get(name) is not None
    )


def _element(model: ServiceModel, shape: str, name: str, value: Any) -> str:
    data = model.shapes[shape]
    match data["type"]:
        case "structure":
            inner = _structure_xml(model, shape, value)
        case "list":
            tag = data["member"].get("locationName", "member")
            inner = "".join(_element(model, data["member"]["shape"], tag, element) for element in value)
        case "map":
            inner = "".join(
                f"<entry><key>{_text(key)}</key>{_element(model, data['value']['shape'], 'value', each)}</entry>"
                for key, each in value.items()
            )
        case "boolean":
            inner = "true" if value else "false"
        case "timestamp":
            inner = datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            inner = _text(str(value))
    return f"<{name}>{inner}</{name}>"


def _text(content: str) -> str:
    return escape(content, quote=False)
