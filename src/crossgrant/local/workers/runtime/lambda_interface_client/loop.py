"""The life of a worker: load the handler, then answer one event after the other.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

from .context import LambdaContext
from .fault import Fault, describe
from .log import UNHANDLED_EXCEPTION, Log
from .marshal import marshal, to_json, unmarshal
from .runtime_api import RuntimeApi

Handler = Callable[[Any, LambdaContext], Any]


def run(handler_name: str, address: str) -> None:
    """Serve the handler `handler_name`, such as `app.lambda_handler`, from the Runtime API at `address`, for ever."""
    log = Log(int(os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD")), os.environ)
    log.install()
    api = RuntimeApi(address)
    try:
        handler = find_handler(handler_name)
    except Exception as error:  # noqa: BLE001 - whatever the function's module raises is reported
        document = describe(error)
        logging.getLogger().warning(UNHANDLED_EXCEPTION)
        log.write_error(document)
        api.report_init_error(to_json(document).encode(), str(document["errorType"]))
        sys.exit(1)
    while True:
        headers, body = api.next_invocation()
        _answer(api, log, handler, headers, body)


def find_handler(name: str) -> Handler:
    """Import the module of `name` and return its function; raise `Fault` with Lambda's words when there is none."""
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}") from error
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise Fault("Runtime.BuiltInModuleConflict", message)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise Fault("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        trace = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        message = f"Syntax error in module '{module_name}': {error}"
        raise Fault("Runtime.UserCodeSyntaxError", message, [trace]) from error
    try:
        handler: Handler = getattr(module, function_name)
    except AttributeError as error:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise Fault("Runtime.HandlerNotFound", message) from error
    return handler


def _answer(api: RuntimeApi, log: Log, handler: Handler, headers: dict[str, str], body: bytes) -> None:
    request_id = headers["lambda-runtime-aws-request-id"]
    log.request_id = request_id
    log.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
    _set_trace_id(headers.get("lambda-runtime-trace-id"))
    try:
        context = LambdaContext(headers, log.write)
        event = unmarshal(body, headers.get("content-type", ""))
        response, content_type = marshal(handler(event, context))
    except Exception as error:  # noqa: BLE001 - whatever the handler raises is the invoker's to see
        document = describe(error, request_id)
        log.write_error(document)
        api.report_error(request_id, to_json(document).encode(), str(document["errorType"]))
    else:
        api.respond(request_id, response, content_type)


def _set_trace_id(trace_id: str | None) -> None:
    if trace_id is None:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    else:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
