"""What a function may be configured with, checked beyond the model's own constraints.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.lambda_.function_name import invalid
from crossgrant.local.workers import RESERVED

_LIMITS = {"Timeout": 900, "MemorySize": 10_240}
_ENVIRONMENT_BYTES = 4096
_VARIABLE = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")
_PYTHON = re.compile(r"python3\.\d+")


def check_configuration(values: dict[str, Any]) -> None:
    """Check the configuration members of an input.

    Raises:
        ServiceError: ValidationException, InvalidParameterValueException, or a value that isn't served.

    """
    for name, limit in _LIMITS.items():
        if values.get(name, 0) > limit:
            at = name[0].lower() + name[1:]
            rule = f"Value '{values[name]}' at '{at}' failed to satisfy constraint: Member must have value less than or"
            raise ServiceError("ValidationException", f"1 validation error detected: {rule} equal to {limit}")
    runtime = values.get("Runtime")
    if runtime is not None and not _PYTHON.fullmatch(runtime):
        raise unserved(f"the runtime {runtime}: functions are in Python here")
    if values.get("PackageType", "Zip") != "Zip":
        raise unserved("container images: give the code as a zip archive")
    if values.get("Publish"):
        raise unserved("versions: leave `Publish` out")
    for member in values.get("Code", {}):
        if member != "ZipFile":
            raise unserved(f"the parameter `Code.{member}`: give the code as `ZipFile`")
    _check_environment(values.get("Environment", {}).get("Variables", {}))


def _check_environment(variables: dict[str, str]) -> None:
    if any(not _VARIABLE.fullmatch(name) for name in variables):
        text = (
            "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must"
            f" satisfy constraint: [Member must satisfy regular expression pattern: {_VARIABLE.pattern}]"
        )
        raise ServiceError("ValidationException", text)
    if reserved := sorted(RESERVED & variables.keys()):
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have"
            " provided contains reserved keys that are currently not supported for modification. Reserved keys used in"
            f" this request: {', '.join(reserved)}"
        )
    text = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(text.encode()) > _ENVIRONMENT_BYTES:
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have"
            f" provided exceeded the 4KB limit. String measured: {text}"
        )


def logging_of(function_name: str, given: dict[str, Any]) -> str:
    """Return the whole logging configuration, as JSON, of what was given of it.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
    """
    log_format = given.get("LogFormat", "Text")
    levels: dict[str, str] = {name: given[name] for name in ("ApplicationLogLevel", "SystemLogLevel") if name in given}
    if levels and log_format != "JSON":
        raise invalid("To configure log level, set LogFormat to JSON.")
    if log_format == "JSON":
        levels = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"} | levels
    return json.dumps(
        {"LogFormat": log_format, **levels, "LogGroup": given.get("LogGroup", f"/aws/lambda/{function_name}")}
    )


def unserved(what: str) -> ServiceError:
    """Return our error about something that AWS has and we don't."""
    return ServiceError("NotImplemented", f"crossgrant doesn't serve {what}", 501)
