"""Invoke: an event for a function, now or later, or only the question whether it may be sent.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Literal

from crossgrant.local.operation import Access, Call, Need, Operation, Output, ServiceError
from crossgrant.local.services.lambda_ import functions
from crossgrant.local.services.lambda_.execution import execution_of
from crossgrant.local.services.lambda_.function_name import FunctionName, function_name
from crossgrant.local.services.lambda_.needs import on_function
from crossgrant.local.workers import Invocation

InvocationType = Literal["RequestResponse", "Event", "DryRun"]

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_PAYLOAD_LIMITS = {"RequestResponse": 6_291_456, "Event": 1_048_576, "DryRun": 6_291_456}
_CLIENT_CONTEXT_LIMIT = 3583


@dataclass(frozen=True, slots=True)
class InvokeInput:
    """An Invoke call that is well-formed."""

    name: FunctionName
    kind: InvocationType
    payload: bytes
    client_context: str | None
    wants_log: bool


def _read(call: Call) -> InvokeInput:
    values = call.input
    kind: InvocationType = values.get("InvocationType", "RequestResponse")
    payload: bytes = values.get("Payload") or b"{}"
    limit = _PAYLOAD_LIMITS[kind]
    if len(payload) > limit:
        text = f"{len(payload)} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
        raise ServiceError("RequestTooLargeException", text, 413, {"Type": "User"})
    try:
        json.loads(payload, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        text = f"Could not parse request body into json: Could not parse payload into json: {error}"
        raise ServiceError("InvalidRequestContentException", text, 400, {"Type": "User"}) from None
    return InvokeInput(
        function_name(call), kind, payload, _client_context(values), values.get("LogType", "None") == "Tail"
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"Unrecognized token '{name}'")


def _client_context(values: dict[str, Any]) -> str | None:
    """Return the client context, which arrives as JSON in base64, as JSON on one line."""
    encoded: str | None = values.get("ClientContext")
    if not encoded:
        return None
    if len(encoded) > _CLIENT_CONTEXT_LIMIT:
        text = f"Client context must be no more than {_CLIENT_CONTEXT_LIMIT} bytes when base64-encoded."
        raise ServiceError("InvalidRequestContentException", text, 400, {"Type": "User"})
    try:
        return json.dumps(json.loads(base64.b64decode(encoded, validate=True)))
    except (binascii.Error, ValueError, RecursionError):
        text = "Client context must be a valid Base64-encoded JSON object."
        raise ServiceError("InvalidRequestContentException", text, 400, {"Type": "User"}) from None


def _needs(call: Call, wanted: InvokeInput) -> tuple[Need, ...]:
    return on_function(call, wanted.name)


async def _serve(call: Call, wanted: InvokeInput) -> Output:
    function = functions.existing(call.accounts.database, wanted.name)
    if wanted.kind == "DryRun":
        return {"StatusCode": 204}
    invocation = Invocation(call.request_id, wanted.payload, wanted.name.qualified_arn, wanted.client_context)
    execution = execution_of(call.accounts)
    if wanted.kind == "Event":
        execution.invoke_later(function, invocation)
        return {"StatusCode": 202}
    outcome = await execution.invoke(function, invocation, tail=wanted.wants_log)
    output: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": outcome.payload}
    if outcome.function_error:
        output["FunctionError"] = "Unhandled"
    if wanted.wants_log:
        output["LogResult"] = base64.b64encode(outcome.log_tail).decode()
    return output


OPERATIONS = (
    Operation(
        "Invoke",
        frozenset({"FunctionName", "Qualifier", "InvocationType", "LogType", "ClientContext", "Payload"}),
        _read,
        _needs,
        _serve,
        Access.AWAITS,
    ),
)
