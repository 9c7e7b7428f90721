"""The forms in which a function is named: its name, a partial ARN or an ARN, each with or without a qualifier.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crossgrant.local.operation import Call, ServiceError

_FORM = re.compile(
    r"(?:arn:aws[a-zA-Z-]*:lambda:(?P<region>[a-z0-9-]+):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A function, wherever it is, and the version or alias that was named with it."""

    account: str
    region: str
    name: str
    qualifier: str | None = None

    @property
    def arn(self) -> str:
        """The function's ARN, without a qualifier."""
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"

    @property
    def qualified_arn(self) -> str:
        """The ARN as a request means it."""
        return self.arn if self.qualifier is None else f"{self.arn}:{self.qualifier}"


def function_name(call: Call) -> FunctionName:
    """Return the function that the input names.

    Raises:
        ServiceError: ValidationException, InvalidParameterValueException, or ResourceNotFoundException for another
            Region's function.

    """
    text = call.input["FunctionName"]
    match = _FORM.fullmatch(text)
    if match is None:
        raise _validation(text, "Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+")
    if len(match["name"]) > _LONGEST_NAME:
        raise _validation(match["name"], f"Member must have length less than or equal to {_LONGEST_NAME}")
    region, account, name, in_name = match["region"], match["account"], match["name"], match["qualifier"]
    qualifier = call.input.get("Qualifier")
    if qualifier is not None and in_name is not None and qualifier != in_name:
        raise invalid("The derived qualifier from the function name does not match the specified qualifier.")
    if region not in (None, call.region):
        text = f"Functions from '{region}' are not reachable in this region ('{call.region}')"
        raise ServiceError("ResourceNotFoundException", text, 404, {"Type": "User"})
    return FunctionName(account or call.account_id, call.region, name, qualifier or in_name)


def invalid(message: str) -> ServiceError:
    """Return Lambda's error about a parameter's value (confirmed.md L4)."""
    return ServiceError("InvalidParameterValueException", message, 400, {"Type": "User"})


def _validation(value: str, rule: str) -> ServiceError:
    text = f"1 validation error detected: Value '{value}' at 'functionName' failed to satisfy constraint: {rule}"
    return ServiceError("ValidationException", text)
