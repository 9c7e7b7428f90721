"""Functions as they are stored, and as Lambda describes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.lambda_.function_name import FunctionName
from crossgrant.local.state import Database
from crossgrant.local.workers import Deployment, Logging


@dataclass(frozen=True, slots=True)
class Function:
    """A function's configuration; the fields are the table's columns, the code apart.

    `environment` is a JSON object or None, `logging` a JSON object of LoggingConfig's members.
    """

    account: str
    region: str
    name: str
    revision_id: str
    role: str
    runtime: str
    handler: str
    description: str
    timeout: int
    memory_size: int
    environment: str | None
    logging: str
    architecture: str
    last_modified: float
    code_sha256: str
    code_size: int

    @property
    def arn(self) -> str:
        """The function's ARN."""
        return FunctionName(self.account, self.region, self.name).arn

    def described(self) -> dict[str, Any]:
        """Return the function's configuration as Lambda shows it, once it is active."""
        return self._configuration() | {"State": "Active", "LastUpdateStatus": "Successful"}

    def described_as_created(self) -> dict[str, Any]:
        """Return the configuration as CreateFunction shows it: here, too, a waiter has something to wait for."""
        pending = {"State": "Pending", "StateReason": _BEING_CREATED, "StateReasonCode": "Creating"}
        return self._configuration() | pending

    def described_as_updated(self) -> dict[str, Any]:
        """Return the configuration as an update shows it."""
        return self._configuration() | {
            "State": "Active",
            "LastUpdateStatus": "InProgress",
            "LastUpdateStatusReason": _BEING_CREATED,
            "LastUpdateStatusReasonCode": "Creating",
        }

    def _configuration(self) -> dict[str, Any]:
        modified = datetime.fromtimestamp(self.last_modified, UTC)
        configuration: dict[str, Any] = {
            "FunctionName": self.name,
            "FunctionArn": self.arn,
            "Runtime": self.runtime,
            "Role": self.role,
            "Handler": self.handler,
            "CodeSize": self.code_size,
            "Description": self.description,
            "Timeout": self.timeout,
            "MemorySize": self.memory_size,
            "LastModified": f"{modified:%Y-%m-%dT%H:%M:%S}.{modified.microsecond // 1000:03}+0000",
            "CodeSha256": self.code_sha256,
            "Version": "$LATEST",
            "TracingConfig": {"Mode": "PassThrough"},
            "RevisionId": self.revision_id,
            "PackageType": "Zip",
            "Architectures": [self.architecture],
            "EphemeralStorage": {"Size": 512},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": json.loads(self.logging),
        }
        if self.environment is not None:
            configuration["Environment"] = {"Variables": json.loads(self.environment)}
        return configuration


@lru_cache(maxsize=1024)
def deployment_of(function: Function) -> Deployment:
    """Return what a worker of this revision of a function is made from."""
    logging = json.loads(function.logging)
    return Deployment(
        function_arn=function.arn,
        function_name=function.name,
        account_id=function.account,
        region=function.region,
        revision_id=function.revision_id,
        runtime=function.runtime,
        handler=function.handler,
        timeout=function.timeout,
        memory_size=function.memory_size,
        environment=json.loads(function.environment or "{}"),
        logging=Logging(logging["LogGroup"], logging["LogFormat"], logging.get("ApplicationLogLevel")),
    )


_BEING_CREATED = "The function is being created."
_NAMES = tuple(field.name for field in fields(Function))
_COLUMNS = ", ".join(_NAMES)


def find(database: Database, account: str, region: str, name: str) -> Function | None:
    """Return the function of that name."""
    row = database.one(
        f"SELECT {_COLUMNS} FROM lambda_functions WHERE account = ? AND region = ? AND name = ?",  # noqa: S608 - constants
        (account, region, name),
    )
    return None if row is None else Function(*row)


def existing(database: Database, name: FunctionName) -> Function:
    """Return the function of that name.

    Raises:
        ServiceError: ResourceNotFoundException, in AWS's words (confirmed.md L3). No version or alias is embedded.

    """
    function = None
    if name.qualifier in (None, "$LATEST"):
        function = find(database, name.account, name.region, name.name)
    if function is None:
        text = f"Function not found: {name.qualified_arn}"
        raise ServiceError("ResourceNotFoundException", text, 404, {"Type": "User"})
    return function


def listed(database: Database, account: str, region: str) -> list[Function]:
    """Return the functions of an account and Region, by name."""
    rows = database.all(
        f"SELECT {_COLUMNS} FROM lambda_functions WHERE account = ? AND region = ? ORDER BY name",  # noqa: S608 - constants
        (account, region),
    )
    return [Function(*row) for row in rows]


def code_of(database: Database, function: Function) -> bytes:
    """Return the function's deployment package."""
    row = database.one(
        "SELECT code FROM lambda_functions WHERE account = ? AND region = ? AND name = ?",
        _key(function),
    )
    assert row is not None  # the function was just found
    code: bytes = row[0]
    return code


def insert(database: Database, function: Function, code: bytes) -> None:
    """Store a new function."""
    marks = ", ".join("?" * (len(_NAMES) + 1))
    database.execute(
        f"INSERT INTO lambda_functions ({_COLUMNS}, code) VALUES ({marks})",  # noqa: S608 - constants
        (*(getattr(function, name) for name in _NAMES), code),
    )


def update(database: Database, function: Function, code: bytes | None = None) -> None:
    """Store a new revision of a function, with new code if given."""
    database.execute(
        f"UPDATE lambda_functions SET ({_COLUMNS}, code) = ({', '.join('?' * len(_NAMES))}, ifnull(?, code))"  # noqa: S608 - constants
        " WHERE account = ? AND region = ? AND name = ?",
        (*(getattr(function, name) for name in _NAMES), code, *_key(function)),
    )


def delete(database: Database, function: Function) -> None:
    """Remove a function and its code; its log group stays, as it does in AWS."""
    database.execute(
        "DELETE FROM lambda_functions WHERE account = ? AND region = ? AND name = ?",
        _key(function),
    )


def _key(function: Function) -> tuple[str, str, str]:
    return function.account, function.region, function.name
