"""Which service and operation a request asks for: from its shape, and only for a service we don't embed from its scope.

A request signed for one service is never served by another (confirmed.md G3).
"""

from __future__ import annotations

import re

from crossgrant.local.gateway.model import OperationModel
from crossgrant.local.gateway.registry import (
    API_VERSIONS,
    MODULES,
    NOT_SERVED,
    PATH_PREFIXES,
    TARGET_PREFIXES,
    Embedded,
)
from crossgrant.local.gateway.rest_json_protocol import route
from crossgrant.local.gateway.wire import HttpRequest
from crossgrant.local.operation import ServiceError

_SCOPE = re.compile(r"Credential=[^/,\s]+/[^/,\s]*/[^/,\s]*/([^/,\s]+)/")


class NotEmbeddedError(Exception):
    """The request is for a service that isn't embedded; the text names it."""


def service_of(request: HttpRequest) -> str:
    """Return the signing name of the service that the request's shape asks for.

    Raises:
        NotEmbeddedError: it is none of ours.

    """
    target = request.headers.get("x-amz-target")
    if target is not None:
        prefix = target.partition(".")[0]
        if prefix in TARGET_PREFIXES:
            return TARGET_PREFIXES[prefix]
        if prefix in NOT_SERVED:
            raise NotEmbeddedError(f"crossgrant doesn't serve {NOT_SERVED[prefix]}")
    elif request.path.startswith(PATH_PREFIXES):
        return "lambda"
    scoped = _SCOPE.search(request.headers.get("authorization", ""))
    if target is None and request.path == "/" and (scoped is None or scoped[1] in ("sts", "iam")):
        version = request.form.get("Version", "")
        if version in API_VERSIONS:
            return API_VERSIONS[version]
    if scoped is None:
        raise NotEmbeddedError("the request names no service")
    if scoped[1] in MODULES:
        return scoped[1]
    raise NotEmbeddedError(f"crossgrant embeds no service `{scoped[1]}`")


def operation_of(embedded: Embedded, request: HttpRequest) -> OperationModel:
    """Return the operation of the service's model that the request asks for.

    Raises:
        ServiceError: AWS has no such operation.

    """
    model = embedded.model
    match model.protocol:
        case "query":
            form = request.form
            name = form.get("Action", "")
            operation = model.operations.get(name)
            if operation is None:
                text = f"Could not find operation {name} for version {form.get('Version', 'NO_VERSION_SPECIFIED')}"
                raise ServiceError("InvalidAction", text)
        case "json":
            operation = model.operations.get(request.headers.get("x-amz-target", "").partition(".")[2])
            if operation is None:
                raise ServiceError("UnknownOperationException", "")
        case _:
            operation = route(model, request)
            if operation is None:
                raise ServiceError("UnknownOperationException", "", 404)
    return operation
