"""One request from its bytes to its answer: authenticate, read, decide, serve, remember.

https://docs.aws.amazon.com/IAM/latest/UserGuide/intro-structure.html describes the same way.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import sqlite3
import time
from dataclasses import dataclass, field
from typing import Any, cast

from crossgrant.local.accounts import Accounts
from crossgrant.local.audit import AuditEntry
from crossgrant.local.authentication import AuthenticationError, Refusal, refusal_error, verify
from crossgrant.local.authentication.refusals import EXPIRED, INVALID_TOKEN, UNKNOWN_KEY
from crossgrant.local.authentication.signature import Authorization, authorization_of, check_scope, check_time
from crossgrant.local.authorization.authorize import Decided, Refused, authorize
from crossgrant.local.gateway import constraints
from crossgrant.local.gateway.json_protocol import json_answer, json_object, json_type
from crossgrant.local.gateway.model import OperationModel
from crossgrant.local.gateway.query_protocol import error_answer
from crossgrant.local.gateway.registry import Embedded, embedded
from crossgrant.local.gateway.routing import NotEmbeddedError, operation_of, service_of
from crossgrant.local.gateway.wire import HttpAnswer, HttpRequest, UnreadableInputError
from crossgrant.local.operation import Access, Call, Caller, Operation, Output, RawBody, ServiceError

_log = logging.getLogger(__name__)

# AWS's codes for an input that breaks its model's constraints, and for one that can't be read at all.
_CONSTRAINT_CODES = {
    "query": "ValidationError",
    "json": "InvalidParameterException",
    "rest-json": "ValidationException",
}
_UNREADABLE_CODES = {
    "query": "MalformedInput",
    "json": "SerializationException",
    "rest-json": "InvalidRequestContentException",
}
_DENIED = {
    "query": ("AccessDenied", 403),
    "json": ("AccessDeniedException", 400),
    "rest-json": ("AccessDeniedException", 403),
}
_TOO_LARGE = HttpAnswer(413, ((b"content-type", b"text/plain"),), b"Request body too large")


@dataclass(slots=True)
class Progress:
    """How far a request has come: what the audit trail needs to know of it."""

    request_id: str
    service: str = ""
    operation: str = ""
    region: str = ""
    caller: Caller | None = None
    decisions: list[Decided] = field(default_factory=list)


@dataclass(slots=True)
class Application:
    """Answers requests to the embedded accounts."""

    accounts: Accounts

    async def answer(self, request: HttpRequest) -> tuple[HttpAnswer, str]:
        """Return the answer to a request, and its request id."""
        progress = Progress(_request_id())
        try:
            progress.service = service_of(request)
        except NotEmbeddedError as error:
            return _not_embedded(request, str(error), progress.request_id), progress.request_id
        service = embedded(progress.service)
        if service.service.most_bytes is not None and len(request.body) > service.service.most_bytes:
            return _TOO_LARGE, progress.request_id
        error_code: str | None = None
        try:
            operation = operation_of(service, request)
            progress.operation = operation.name
            answer = await self._serve(service, operation, request, progress)
        except ServiceError as error:
            error_code = error.code
            namespace = service.model.xml_namespace or service.service.error_namespace(error.code)
            answer = service.protocol.write_error(error, namespace, request, progress.request_id)
        except Exception as problem:  # noqa: BLE001 - a fault of ours must not end the gateway; it is logged and answered
            error_code = "InternalFailure"
            answer = self._fault(service, problem, request, progress)
        if progress.caller is not None:
            self._remember(progress, answer.status, error_code)
        return answer, progress.request_id

    async def _serve(
        self, service: Embedded, model: OperationModel, request: HttpRequest, progress: Progress
    ) -> HttpAnswer:
        authorization = self._authenticate(service, request, progress)
        operation = service.service.operations.get(model.name)
        if operation is None:
            text = f"crossgrant doesn't serve {service.service.name}:{model.name}; it was denied"
            raise ServiceError("NotImplemented", text, 501)
        assert progress.caller is not None  # _authenticate has set it
        call = Call(
            operation=model.name,
            input=_read_input(service, model, operation, request),
            caller=progress.caller,
            account_id=progress.caller.account_id,
            region=authorization.region,
            request_id=progress.request_id,
            now=self.accounts.clock(),
            accounts=self.accounts,
            user_agent=request.headers.get("user-agent", ""),
        )
        output = await self._decide_and_serve(service, operation, call, progress)
        if isinstance(output, RawBody):
            return json_answer(200, json_type(request), output.body)
        if service.service.plain_json:
            body = json.dumps(output, separators=(",", ":")).encode() if model.output is not None else b""
            return json_answer(200, json_type(request), body)
        return service.protocol.write_output(service.model, model, output, progress.request_id)

    async def _decide_and_serve(
        self, service: Embedded, operation: Operation[Any], call: Call, progress: Progress
    ) -> Output | RawBody:
        wanted = operation.read(call)
        if operation.access is Access.WRITES:
            try:
                with self.accounts.database.transaction():
                    self._decide(service, operation, call, wanted, progress)
                    output = operation.serve(call, wanted)
                    return cast("Output | RawBody", output)
            finally:
                if service.service.name == "iam":
                    self.accounts.identities.forget()
        self._decide(service, operation, call, wanted, progress)
        output = operation.serve(call, wanted)
        if operation.access is Access.AWAITS:
            awaited: Output = await cast("Any", output)
            return awaited
        return cast("Output | RawBody", output)

    def _decide(
        self, service: Embedded, operation: Operation[Any], call: Call, wanted: Any, progress: Progress
    ) -> None:
        decisions, refused = authorize(call, operation.needs(call, wanted))
        progress.decisions = decisions
        if refused is not None:
            raise _denial(service, refused)

    def _authenticate(self, service: Embedded, request: HttpRequest, progress: Progress) -> Authorization:
        try:
            authorization = authorization_of(request.headers)
            progress.region = authorization.region
            check_time(authorization, time.time(), service.service.clock_window)
            check_scope(authorization, service.service.name)
            progress.caller = self._caller(authorization, request)
        except AuthenticationError as error:
            raise refusal_error(error, service.model.protocol) from None
        return authorization

    def _caller(self, authorization: Authorization, request: HttpRequest) -> Caller:
        key = self.accounts.identities.key(authorization.access_key_id)
        if key is None:
            raise AuthenticationError(Refusal.UNKNOWN_KEY, UNKNOWN_KEY)
        verify(
            authorization,
            key.secret,
            method=request.method,
            path=request.path,
            query=request.query,
            headers=request.headers,
            body=request.body,
        )
        token = request.headers.get("x-amz-security-token")
        if token != key.session_token and not (
            token is not None
            and key.session_token is not None
            and secrets.compare_digest(token.encode(), key.session_token.encode())
        ):
            raise AuthenticationError(Refusal.UNKNOWN_KEY, INVALID_TOKEN)
        if key.caller.session is not None and key.caller.session.expires <= self.accounts.clock():
            raise AuthenticationError(Refusal.EXPIRED, EXPIRED)
        return key.caller

    def _remember(self, progress: Progress, status: int, error_code: str | None) -> None:
        assert progress.caller is not None  # asked for by the only place that calls
        self.accounts.trail.add(
            AuditEntry(
                time=self.accounts.clock(),
                request_id=progress.request_id,
                caller_arn=progress.caller.principal.arn or "",
                account=progress.caller.account_id,
                region=progress.region,
                service=progress.service,
                operation=progress.operation,
                status=status,
                error_code=error_code,
                decisions=tuple(progress.decisions),
            )
        )

    def _fault(self, service: Embedded, problem: Exception, request: HttpRequest, progress: Progress) -> HttpAnswer:
        if isinstance(problem, sqlite3.OperationalError):
            _log.error("the state can't be written: %s (request %s)", problem, progress.request_id)
            text = f"the state can't be written: {problem}"
        else:
            _log.exception("a fault of crossgrant's own, request %s", progress.request_id)
            text = "an internal error of crossgrant; its log has the request id"
        error = ServiceError("InternalFailure", text, 500)
        return service.protocol.write_error(error, service.model.xml_namespace, request, progress.request_id)


def _read_input(
    service: Embedded, model: OperationModel, operation: Operation[Any], request: HttpRequest
) -> dict[str, Any]:
    """Return the input, if its types and values are the model's and its parameters are ones that we serve."""
    try:
        if service.service.plain_json:
            known = service.model.members(model.input)
            values = {name: value for name, value in json_object(request.body).items() if name in known}
        else:
            values = service.protocol.read_input(service.model, model, request)
    except UnreadableInputError as error:
        raise ServiceError(_UNREADABLE_CODES[service.model.protocol], str(error)) from None
    unserved = [name for name in values if name not in operation.parameters]
    if unserved:
        text = f"crossgrant doesn't serve the parameter `{unserved[0]}` of {service.service.name}:{model.name}"
        raise ServiceError("NotImplemented", text, 501)
    if not service.service.plain_json and model.input is not None:
        broken = constraints.violations(service.model, model.input, values)
        if broken:
            raise ServiceError(_CONSTRAINT_CODES[service.model.protocol], constraints.validation_message(broken))
    return values


def _denial(service: Embedded, refused: Refused) -> ServiceError:
    code, status = _DENIED[service.model.protocol]
    return ServiceError(code, refused.message, status)


def _not_embedded(request: HttpRequest, text: str, request_id: str) -> HttpAnswer:
    """Refuse a service that isn't embedded, by name, in a form that its client can read."""
    if "json" in request.headers.get("content-type", ""):
        body = f'{{"__type":"NotImplemented","message":"{text}"}}'.encode()
        return json_answer(501, json_type(request), body)
    return error_answer(ServiceError("NotImplemented", text, 501), "", request_id)


def _request_id() -> str:
    raw = os.urandom(16).hex()
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"
