"""What a step ended in, read from boto3's answer or error, and whether it is what was expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crossgrant.demo.step import Done, Expected, Layer, Refused

# boto3's text of an error, which a function that doesn't catch it returns as its errorMessage.
_BOTO3_ERROR = re.compile(
    r"An error occurred \((?P<code>\w+)\) when calling the \w+ operation[^:]*: (?P<message>.*)", re.DOTALL
)
_DENIED_ACTION = re.compile(r"is not authorized to perform: (?P<action>[\w-]+:\w+)")


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The call was served; a function returned `value`."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The call ended in an error: AWS's code and message, the action where IAM denied one, and the layer that did."""

    code: str
    message: str
    action: str | None = None
    by: Layer | None = None


Outcome = Succeeded | Failed


def failure(code: str, message: str) -> Failed:
    """Return the failure of one error of AWS."""
    denied = _DENIED_ACTION.search(message)
    return Failed(code, message, None if denied is None else denied["action"])


def of_invocation(function_error: str | None, payload: Any) -> Outcome:
    """Return what one invocation ended in; an error of boto3 that a function let pass is that error."""
    if function_error is None:
        return Succeeded(payload)
    details: Mapping[str, str] = payload if isinstance(payload, dict) else {}
    message = details.get("errorMessage", str(payload))
    aws_error = _BOTO3_ERROR.search(message)
    if aws_error is not None:
        return failure(aws_error["code"], aws_error["message"])
    return Failed(details.get("errorType", function_error), message)


def as_expected(expected: Expected, outcome: Outcome) -> bool:
    """Return whether a step ended as the story says."""
    match expected, outcome:
        case Done(value), Succeeded(got):
            return value is None or value == got
        case Refused(), Failed():
            return (
                expected.code == outcome.code
                and expected.action == outcome.action
                and (expected.by is None or expected.by == outcome.by)
                and (expected.saying is None or expected.saying in outcome.message)
            )
        case _:
            return False
