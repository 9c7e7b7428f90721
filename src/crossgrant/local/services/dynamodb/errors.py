"""DynamoDB's errors, with AWS's texts where several operations share them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossgrant.local.operation import ServiceError

# Codes of AWS's front end; every other code is the service's own.
_FRONT_END = {
    "ValidationException": "com.amazon.coral.validate#",
    "SerializationException": "com.amazon.coral.service#",
    "UnknownOperationException": "com.amazon.coral.service#",
    "AccessDeniedException": "com.amazon.coral.service#",
    "MissingAuthenticationTokenException": "com.amazon.coral.service#",
    "IncompleteSignatureException": "com.amazon.coral.service#",
    "InvalidSignatureException": "com.amazon.coral.service#",
    "UnrecognizedClientException": "com.amazon.coral.service#",
    "ExpiredTokenException": "com.amazon.coral.service#",
    "ThrottlingException": "com.amazon.coral.availability#",
    "InternalServerError": "com.amazonaws.dynamodb.v20120810#",
}
_SERVICE = "com.amazonaws.dynamodb.v20120810#"


def error_namespace(code: str) -> str:
    """Return the namespace that stands before `code` in an error's `__type`."""
    return _FRONT_END.get(code, _SERVICE)


def validation(message: str) -> ServiceError:
    """Return a ValidationException."""
    return ServiceError("ValidationException", message)


def invalid_parameter(message: str) -> ServiceError:
    """Return a ValidationException in AWS's frame for a wrong parameter value."""
    return validation(f"One or more parameter values were invalid: {message}")


class EmptyKeyError(ServiceError):
    """An empty key of a table or an index: a transaction that holds one isn't begun, and so not cancelled."""

    def __init__(self, kind: str, where: str = "", place: str = "") -> None:
        self.kind = kind
        what = "string" if kind == "S" else "binary"
        super().__init__(
            "ValidationException",
            f"One or more parameter values are not valid. {where}"
            f"The AttributeValue for a key attribute cannot contain an empty {what} value.{place}",
        )

    def by_update(self) -> EmptyKeyError:
        """Return the refusal of an update that would make an index's key empty."""
        return EmptyKeyError(
            self.kind,
            "The update expression attempted to update a secondary index key to a value that is not supported. ",
        )


def empty_key(kind: str, name: str, index: str | None = None) -> EmptyKeyError:
    """Return the refusal of an empty value of a key attribute, of the table or of an index."""
    if index is None:
        return EmptyKeyError(kind, place=f" Key: {name}")
    where = "A value specified for a secondary index key is not supported. "
    return EmptyKeyError(kind, where, f" IndexName: {index}, IndexKey: {name}")


def serialization(message: str) -> ServiceError:
    """Return a SerializationException: the JSON has another type than the model."""
    return ServiceError("SerializationException", message)


def not_found(message: str = "Requested resource not found") -> ServiceError:
    """Return a ResourceNotFoundException; the bare text is the data plane's."""
    return ServiceError("ResourceNotFoundException", message)


def table_not_found(name: str) -> ServiceError:
    """Return the ResourceNotFoundException of the operations on tables themselves."""
    return not_found(f"Requested resource not found: Table: {name} not found")


def in_use(message: str) -> ServiceError:
    """Return a ResourceInUseException."""
    return ServiceError("ResourceInUseException", message)


def not_served(what: str) -> ServiceError:
    """Refuse, by name, what AWS has and we don't."""
    return ServiceError("NotImplemented", f"crossgrant doesn't serve {what}", 501)


def limit_exceeded(message: str) -> ServiceError:
    """Return a LimitExceededException."""
    return ServiceError("LimitExceededException", message)


def condition_failed(item: Mapping[str, Any] | None = None) -> ServiceError:
    """Return a ConditionalCheckFailedException, with the item when the caller asked for it."""
    return ServiceError(
        "ConditionalCheckFailedException", "The conditional request failed", members={"Item": item} if item else {}
    )
