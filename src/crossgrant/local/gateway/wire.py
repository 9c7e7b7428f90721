"""What every protocol reads and writes: one HTTP request in, one HTTP answer out, and the protocol's interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import parse_qsl

from crossgrant.local.gateway.model import OperationModel, ServiceModel
from crossgrant.local.operation import ServiceError


@dataclass
class HttpRequest:
    """One request as received. Header names are lower case; `path` and `query` are as sent, still encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def form(self) -> dict[str, str]:
        """The form that the request carries: in its body for POST, in its query for GET."""
        text = self.query if self.method == "GET" else self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer: status, headers beside the request id, body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class UnreadableInputError(Exception):
    """The body is not of the protocol's form; the text says how."""


class WireProtocol(Protocol):
    """How one of AWS's protocols reads an input and writes an output or an error."""

    def read_input(self, model: ServiceModel, operation: OperationModel, request: HttpRequest) -> dict[str, Any]:
        """Return the input by the model's member names; members the model doesn't know are left out."""

    def write_output(
        self, model: ServiceModel, operation: OperationModel, output: Mapping[str, Any], request_id: str
    ) -> HttpAnswer:
        """Return the answer that carries `output`."""

    def write_error(self, error: ServiceError, namespace: str, request: HttpRequest, request_id: str) -> HttpAnswer:
        """Return the answer that carries `error`."""
