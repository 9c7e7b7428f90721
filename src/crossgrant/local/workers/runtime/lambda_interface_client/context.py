"""The context object that a handler receives as its second argument.

https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any

from .fault import Fault

_TRACE_FIELDS = ("traceparent", "tracestate", "baggage")


class _Record:
    """An object with a fixed set of attributes, each None unless given."""

    __slots__: tuple[str, ...] = ()

    def __init__(self, values: dict[str, Any]) -> None:
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self) -> str:
        return _represent(self, self.__slots__)


class CognitoIdentity(_Record):
    """The Amazon Cognito identity that authorized the request."""

    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(_Record):
    """The client application, as the AWS Mobile SDK describes it."""

    __slots__ = ("app_package_name", "app_title", "app_version_code", "app_version_name", "installation_id")

    def __repr__(self) -> str:
        return _represent(
            self, ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
        )


class ClientContext(_Record):
    """The client context that the invoker sent."""

    __slots__ = ("client", "custom", "env")

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.client: Any = None if self.client is None else Client(self.client)

    def __repr__(self) -> str:
        return _represent(self, ("custom", "env", "client"))


class LambdaContext:
    """What a handler may know of its invocation, its function and its execution environment."""

    def __init__(self, headers: dict[str, str], write_log: Callable[[str], None]) -> None:
        environment = os.environ.get
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.log_group_name = environment("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environment("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environment("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environment("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")

        client_context = _json_header(headers, "lambda-runtime-client-context", "Client Context")
        trace = client_context.pop("w3c", None) if isinstance(client_context, dict) else None
        self._trace = {
            field: trace[field]
            for field in _TRACE_FIELDS
            if isinstance(trace, dict) and isinstance(trace.get(field), str)
        }
        self.client_context = None if client_context is None else ClientContext(client_context)
        identity = _json_header(headers, "lambda-runtime-cognito-identity", "Cognito Identity") or {}
        self.identity = CognitoIdentity(
            {
                "cognito_identity_id": identity.get("cognitoIdentityId"),
                "cognito_identity_pool_id": identity.get("cognitoIdentityPoolId"),
            }
        )
        self._epoch_deadline_time_in_ms = int(headers["lambda-runtime-deadline-ms"])
        self._write_log = write_log

    def get_remaining_time_in_millis(self) -> int:
        """Return how many milliseconds are left before the invocation times out."""
        return max(0, self._epoch_deadline_time_in_ms - int(time.time() * 1000))

    def w3c(self) -> dict[str, str]:
        """Return the W3C trace context of the invocation."""
        return dict(self._trace)

    def log(self, message: object) -> None:
        """Write `message` to the function's log as it is."""
        self._write_log(str(message))

    def __repr__(self) -> str:
        return "LambdaContext([{}])".format(
            ",".join(
                f"{name}={getattr(self, name)}"
                for name in (
                    "aws_request_id",
                    "log_group_name",
                    "log_stream_name",
                    "function_name",
                    "memory_limit_in_mb",
                    "function_version",
                    "invoked_function_arn",
                    "client_context",
                    "identity",
                    "tenant_id",
                )
            )
        )


def _represent(record: _Record, names: tuple[str, ...]) -> str:
    return "{}([{}])".format(type(record).__name__, ",".join(f"{name}={getattr(record, name)}" for name in names))


def _json_header(headers: dict[str, str], name: str, title: str) -> Any:
    text = headers.get(name)
    if not text:
        return None
    try:
        return json.loads(text)
    except Exception as error:
        message = f"Unable to parse {title} JSON: {error}"
        raise Fault("Runtime.LambdaContextUnmarshalError", message) from error
