"""One API call → the (action, resource) pairs that AWS decides for it.

Most calls are one decision, on the action of the same name. The others are listed here: batches and transactions ask
for each table, an index is a resource of its own, PartiQL has actions of its own, and a role given to a service must
be passed.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias


class Access(NamedTuple):
    """One decision: may the caller perform `action` on `resource` (`*`: on no resource)."""

    action: str
    resource: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call is made: it completes names to ARNs."""

    account_id: str
    region: str
    partition: str = "aws"

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"


Input: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[str, Input, Place], Iterator[Access]]


def accesses(service: str, operation: str, parameters: Input, place: Place) -> tuple[Access, ...] | None:
    """Return the decisions that a call needs, without repetition and in the call's order; None where it isn't known."""
    reader = _OPERATIONS.get((service, operation)) or _SERVICES.get(service)
    return None if reader is None else tuple(dict.fromkeys(reader(operation, parameters, place)))


def _table(name: str, place: Place) -> str:
    return name if name.startswith("arn:") else place.arn("dynamodb", f"table/{name}")


def _on_table(operation: str, parameters: Input, place: Place) -> Iterator[Access]:
    """A call on one table, or on one of its indexes, which is a resource of its own."""
    if "TableName" not in parameters:
        yield Access(f"dynamodb:{operation}", "*")
        return
    index = parameters.get("IndexName")
    table = _table(parameters["TableName"], place)
    yield Access(f"dynamodb:{operation}", table if index is None else f"{table}/index/{index}")


def _batch(operation: str, parameters: Input, place: Place) -> Iterator[Access]:
    for name in parameters.get("RequestItems", {}):
        yield Access(f"dynamodb:{operation}", _table(name, place))


_TRANSACTED = {
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def _transaction(_: str, parameters: Input, place: Place) -> Iterator[Access]:
    """No Transact action exists: each item is asked for as its own operation."""
    for item in parameters.get("TransactItems", ()):
        for kind, request in item.items():
            yield Access(f"dynamodb:{_TRANSACTED[kind]}", _table(request["TableName"], place))


_NAME = r"\s*\"?(?P<table>[A-Za-z0-9_.:/-]+)\"?(?:\s*\.\s*\"(?P<index>[A-Za-z0-9_.-]+)\")?"
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
_PARTIQL = {
    "Select": re.compile(r"\s*(?:EXISTS\s*\(\s*)?SELECT\b.*?\bFROM\b" + _NAME, re.IGNORECASE | re.DOTALL),
    "Insert": re.compile(r"\s*INSERT\s+INTO\b" + _NAME, re.IGNORECASE),
    "Update": re.compile(r"\s*UPDATE\b" + _NAME, re.IGNORECASE),
    "Delete": re.compile(r"\s*DELETE\s+FROM\b" + _NAME, re.IGNORECASE),
}


def _statement(text: str, place: Place) -> Iterator[Access]:
    for verb, expression in _PARTIQL.items():
        found = expression.match(text)
        if found is not None:
            table = _table(found["table"], place)
            resource = table if found["index"] is None else f"{table}/index/{found['index']}"
            yield Access(f"dynamodb:PartiQL{verb}", resource)


def _partiql(_: str, parameters: Input, place: Place) -> Iterator[Access]:
    listed = parameters.get("Statements") or parameters.get("TransactStatements") or (parameters,)
    for each in listed:
        yield from _statement(each.get("Statement", ""), place)


def _function_arn(name: str, place: Place) -> str:
    return name if name.startswith("arn:") else place.arn("lambda", f"function:{name}")


def _function(operation: str, parameters: Input, place: Place) -> Iterator[Access]:
    """A call on a function; a role given with it must be passed to Lambda."""
    name = parameters.get("FunctionName")
    action = {"Invoke": "InvokeFunction"}.get(operation, operation)
    yield Access(f"lambda:{action}", "*" if name is None else _function_arn(name, place))
    if operation in ("CreateFunction", "UpdateFunctionConfiguration") and "Role" in parameters:
        yield Access("iam:PassRole", parameters["Role"])


def _assume_role(_: str, parameters: Input, __: Place) -> Iterator[Access]:
    role = parameters.get("RoleArn", "*")
    yield Access("sts:AssumeRole", role)
    if parameters.get("Tags"):
        yield Access("sts:TagSession", role)
    if parameters.get("SourceIdentity"):
        yield Access("sts:SetSourceIdentity", role)


def _nobody(_: str, __: Input, ___: Place) -> Iterator[Access]:
    """GetCallerIdentity needs no permission (rule 18)."""
    yield from ()


_SERVICES: Mapping[str, Reader] = MappingProxyType({"dynamodb": _on_table, "lambda": _function})
_OPERATIONS: Mapping[tuple[str, str], Reader] = MappingProxyType(
    {
        ("dynamodb", "BatchGetItem"): _batch,
        ("dynamodb", "BatchWriteItem"): _batch,
        ("dynamodb", "TransactGetItems"): _transaction,
        ("dynamodb", "TransactWriteItems"): _transaction,
        ("dynamodb", "ExecuteStatement"): _partiql,
        ("dynamodb", "BatchExecuteStatement"): _partiql,
        ("dynamodb", "ExecuteTransaction"): _partiql,
        ("sts", "AssumeRole"): _assume_role,
        ("sts", "GetCallerIdentity"): _nobody,
    }
)
