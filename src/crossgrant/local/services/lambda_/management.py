"""Functions created, updated, described and deleted.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

from crossgrant.local.operation import Access, Call, Need, Operation, Output, ServiceError
from crossgrant.local.services.lambda_ import functions
from crossgrant.local.services.lambda_.code import check_code, check_size, sha256
from crossgrant.local.services.lambda_.configuration import check_configuration, logging_of, unserved
from crossgrant.local.services.lambda_.execution import execution_of
from crossgrant.local.services.lambda_.execution_role import check_account, check_trust, pass_role
from crossgrant.local.services.lambda_.function_name import FunctionName, function_name, invalid
from crossgrant.local.services.lambda_.functions import Function
from crossgrant.local.services.lambda_.needs import on_account, on_function

_DEFAULT_PAGE = 50


def _read_create(call: Call) -> FunctionName:
    name = function_name(call)
    check_account(call)
    check_configuration(call.input)
    for member in ("Runtime", "Handler"):
        if member not in call.input:
            raise invalid(f"{member} is mandatory for functions created with deployment packages.")
    if "ZipFile" not in call.input["Code"]:
        raise invalid("Please provide a source for function code.")
    check_size(call, call.input["Code"]["ZipFile"])
    return name


def _need_create(call: Call, name: FunctionName) -> tuple[Need, ...]:
    return (*on_function(call, name), pass_role(call.input["Role"], call.account_id, name.arn))


async def _create(call: Call, name: FunctionName) -> Output:
    values, database = call.input, call.accounts.database
    code: bytes = values["Code"]["ZipFile"]
    await check_code(code)
    with database.transaction():
        if functions.find(database, name.account, name.region, name.name) is not None:
            text = f"Function already exist: {name.name}"
            raise ServiceError("ResourceConflictException", text, 409, {"Type": "User"})
        check_trust(database, values["Role"])
        function = Function(
            account=name.account,
            region=name.region,
            name=name.name,
            revision_id=str(uuid4()),
            role=values["Role"],
            runtime=values["Runtime"],
            handler=values["Handler"],
            description=values.get("Description", ""),
            timeout=values.get("Timeout", 3),
            memory_size=values.get("MemorySize", 128),
            environment=_environment(values),
            logging=logging_of(name.name, values.get("LoggingConfig", {})),
            architecture=values.get("Architectures", ["x86_64"])[0],
            last_modified=call.now,
            code_sha256=sha256(code),
            code_size=len(code),
        )
        functions.insert(database, function, code)
    return function.described_as_created()


def _read_update(call: Call) -> FunctionName:
    check_account(call)
    check_configuration(call.input)
    return function_name(call)


def _need_update(call: Call, name: FunctionName) -> tuple[Need, ...]:
    needed = on_function(call, name)
    return (*needed, pass_role(call.input["Role"], call.account_id, name.arn)) if "Role" in call.input else needed


def _update_configuration(call: Call, name: FunctionName) -> Output:
    values, database = call.input, call.accounts.database
    function = _to_update(call, name)
    if "Role" in values:
        check_trust(database, values["Role"])
    logging = json.loads(function.logging)
    if values.get("LoggingConfig", {}).get("LogFormat") == "Text":
        logging = {"LogGroup": logging["LogGroup"]}  # levels go with JSON
    updated = replace(
        function,
        revision_id=str(uuid4()),
        role=values.get("Role", function.role),
        runtime=values.get("Runtime", function.runtime),
        handler=values.get("Handler", function.handler),
        description=values.get("Description", function.description),
        timeout=values.get("Timeout", function.timeout),
        memory_size=values.get("MemorySize", function.memory_size),
        environment=_environment(values) if "Environment" in values else function.environment,
        logging=logging_of(name.name, logging | values.get("LoggingConfig", {})),
        last_modified=call.now,
    )
    functions.update(database, updated)
    return updated.described_as_updated()


def _read_update_code(call: Call) -> FunctionName:
    check_configuration(call.input)
    if "ZipFile" not in call.input:
        raise invalid("Please provide a source for function code.")
    check_size(call, call.input["ZipFile"])
    return function_name(call)


async def _update_code(call: Call, name: FunctionName) -> Output:
    values, database = call.input, call.accounts.database
    code: bytes = values["ZipFile"]
    await check_code(code)
    with database.transaction():
        function = _to_update(call, name)
        updated = replace(
            function,
            revision_id=str(uuid4()),
            architecture=values.get("Architectures", [function.architecture])[0],
            last_modified=call.now,
            code_sha256=sha256(code),
            code_size=len(code),
        )
        if values.get("DryRun"):
            return updated.described()
        functions.update(database, updated, code)
    return updated.described_as_updated()


def _get(call: Call, name: FunctionName) -> Output:
    """Return the function; AWS's link to its code is left out, as nothing here is served without a signature."""
    function = functions.existing(call.accounts.database, name)
    return {"Configuration": function.described(), "Code": {"RepositoryType": "S3"}}


def _get_configuration(call: Call, name: FunctionName) -> Output:
    return functions.existing(call.accounts.database, name).described()


def _list(call: Call, values: dict[str, Any]) -> Output:
    marker = values.get("Marker", "0")
    if not marker.isdecimal():
        raise invalid("Invalid Marker.")
    end = int(marker) + min(values.get("MaxItems", _DEFAULT_PAGE), _DEFAULT_PAGE)
    listed = functions.listed(call.accounts.database, call.account_id, call.region)
    shown = [function.described() for function in listed[int(marker) : end]]
    for configuration in shown:  # a list shows no state
        for member in ("State", "LastUpdateStatus"):
            del configuration[member]
    output: dict[str, Any] = {"Functions": shown}
    return output | ({"NextMarker": str(end)} if end < len(listed) else {})


def _read_delete(call: Call) -> FunctionName:
    name = function_name(call)
    if name.qualifier is not None:
        raise unserved("versions: leave `Qualifier` out")
    return name


def _delete(call: Call, name: FunctionName) -> Output:
    function = functions.existing(call.accounts.database, name)
    functions.delete(call.accounts.database, function)
    execution_of(call.accounts).retire(function)
    return {"StatusCode": 204}


def _to_update(call: Call, name: FunctionName) -> Function:
    function = functions.existing(call.accounts.database, name)
    if call.input.get("RevisionId", function.revision_id) != function.revision_id:
        text = (
            "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to"
            " retrieve the latest Revision Id"
        )
        raise ServiceError("PreconditionFailedException", text, 412, {"Type": "User"})
    return function


def _environment(values: dict[str, Any]) -> str | None:
    return json.dumps(values["Environment"].get("Variables", {})) if "Environment" in values else None


_CONFIGURATION = frozenset(
    {
        "FunctionName",
        "Role",
        "Runtime",
        "Handler",
        "Description",
        "Timeout",
        "MemorySize",
        "Environment",
        "LoggingConfig",
    }
)

OPERATIONS = (
    Operation(
        "CreateFunction",
        _CONFIGURATION | {"Code", "Publish", "PackageType", "Architectures"},
        _read_create,
        _need_create,
        _create,
        Access.AWAITS,
    ),
    Operation(
        "UpdateFunctionConfiguration",
        _CONFIGURATION | {"RevisionId"},
        _read_update,
        _need_update,
        _update_configuration,
    ),
    Operation(
        "UpdateFunctionCode",
        frozenset({"FunctionName", "ZipFile", "Publish", "DryRun", "RevisionId", "Architectures"}),
        _read_update_code,
        on_function,
        _update_code,
        Access.AWAITS,
    ),
    Operation("GetFunction", frozenset({"FunctionName", "Qualifier"}), function_name, on_function, _get, Access.READS),
    Operation(
        "GetFunctionConfiguration",
        frozenset({"FunctionName", "Qualifier"}),
        function_name,
        on_function,
        _get_configuration,
        Access.READS,
    ),
    Operation(
        "ListFunctions", frozenset({"Marker", "MaxItems"}), lambda call: call.input, on_account, _list, Access.READS
    ),
    Operation("DeleteFunction", frozenset({"FunctionName", "Qualifier"}), _read_delete, on_function, _delete),
)
