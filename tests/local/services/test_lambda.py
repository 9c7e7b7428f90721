"""Functions of a running gateway, managed and invoked with boto3: who may, what AWS answers, what really runs."""

from __future__ import annotations

import base64
import io
import json
import signal
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from crossgrant.local.workers.interpreter import PRESENT
from support.functions import ECHO, package
from support.gateway import Gateway, crossgrant, running_gateway
from support.principals import CALLER, OWNER, allow, document, make_role, make_user, refusal, trust

pytestmark = pytest.mark.slow

RUNTIME = f"python{PRESENT.minor}"
ARN = f"arn:aws:lambda:us-east-1:{CALLER}:function:"
TRUST = trust({"Service": "lambda.amazonaws.com"})
PID = "import os\ndef handler(event, context):\n    return os.getpid()\n"


@pytest.fixture(scope="module")
def functions(gateway: Gateway) -> Any:
    return gateway.client("lambda", "caller")


@pytest.fixture(scope="module")
def role(gateway: Gateway) -> str:
    """An execution role that may write logs."""
    arn = make_role(gateway, "caller", "execution", TRUST)
    iam = gateway.client("iam", "caller")
    iam.put_role_policy(RoleName="execution", PolicyName="logs", PolicyDocument=document(allow("logs:*")))
    return arn


@pytest.fixture(scope="module")
def echo(functions: Any, role: str) -> str:
    make_function(functions, "echo", role)
    return "echo"


def make_function(client: Any, name: str, role: str, code: str | bytes = ECHO, **settings: Any) -> Any:
    archive = code if isinstance(code, bytes) else package(code)
    values = {"Runtime": RUNTIME, "Role": role, "Handler": "app.handler", "Code": {"ZipFile": archive}, "Timeout": 10}
    return client.create_function(**values | {"FunctionName": name} | settings)


def invoke(client: Any, name: str, event: Any = None, **settings: Any) -> Any:
    payload = {} if event is None else {"Payload": json.dumps(event)}
    answer = client.invoke(FunctionName=name, **payload, **settings)
    return json.loads(answer["Payload"].read())


# Managing functions


def test_a_function_is_created_described_updated_listed_and_deleted(functions: Any, role: str) -> None:
    code = package()
    created = make_function(
        functions,
        "whole",
        role,
        code,
        Description="first",
        Environment={"Variables": {"STAGE": "test"}},
        MemorySize=256,
    )
    assert (created["ResponseMetadata"]["HTTPStatusCode"], created["State"]) == (201, "Pending")
    functions.get_waiter("function_active_v2").wait(FunctionName="whole")
    described = functions.get_function(FunctionName="whole")["Configuration"]
    expected = {
        "FunctionName": "whole",
        "FunctionArn": ARN + "whole",
        "Runtime": RUNTIME,
        "Role": role,
        "Handler": "app.handler",
        "CodeSize": len(code),
        "Description": "first",
        "Timeout": 10,
        "MemorySize": 256,
        "Version": "$LATEST",
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Environment": {"Variables": {"STAGE": "test"}},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/whole"},
    }
    assert {name: described.get(name) for name in expected} == expected
    updated = functions.update_function_configuration(
        FunctionName=ARN + "whole", Description="second", RevisionId=described["RevisionId"]
    )
    assert (updated["Description"], updated["LastUpdateStatus"]) == ("second", "InProgress")
    functions.get_waiter("function_updated_v2").wait(FunctionName="whole")
    recoded = functions.update_function_code(FunctionName=f"{CALLER}:function:whole", ZipFile=package(PID))
    assert recoded["CodeSha256"] != described["CodeSha256"]
    assert functions.get_function_configuration(FunctionName="whole")["Environment"] == {"Variables": {"STAGE": "test"}}
    assert "whole" in [each["FunctionName"] for each in functions.list_functions()["Functions"]]
    assert functions.delete_function(FunctionName="whole")["ResponseMetadata"]["HTTPStatusCode"] == 204
    not_found = ("ResourceNotFoundException", f"Function not found: {ARN}whole")
    assert refusal(functions.get_function, FunctionName="whole") == not_found


def test_a_list_comes_in_pages(functions: Any, role: str) -> None:
    names = [f"page-{number}" for number in range(3)]
    for name in names:
        make_function(functions, name, role)
    pages = functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    listed = [each["FunctionName"] for page in pages for each in page["Functions"]]
    assert set(names) <= set(listed)
    assert listed == sorted(set(listed))


def outside() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../outside.py", "")
    return archive.getvalue()


UNZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
RESERVED = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided"
    " contains reserved keys that are currently not supported for modification. Reserved keys used in this request:"
    " AWS_REGION"
)
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {  # settings of CreateFunction, and the error
    "code that is no zip": ({"Code": {"ZipFile": b"no zip"}}, "InvalidParameterValueException", UNZIP),
    "code that escapes": ({"Code": {"ZipFile": outside()}}, "InvalidParameterValueException", UNZIP),
    "no code": ({"Code": {}}, "InvalidParameterValueException", "Please provide a source for function code."),
    "a role that isn't there": (
        {"Role": f"arn:aws:iam::{CALLER}:role/absent"},
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    ),
    "another account's role": (
        {"Role": f"arn:aws:iam::{OWNER}:role/execution"},
        "AccessDeniedException",
        "Cross-account pass role is not allowed.",
    ),
    "a reserved variable": (
        {"Environment": {"Variables": {"AWS_REGION": "x"}}},
        "InvalidParameterValueException",
        RESERVED,
    ),
    "too many variables": (
        {"Environment": {"Variables": {"NAME": "x" * 4096}}},
        "InvalidParameterValueException",
        "Lambda was unable to configure your environment variables because the environment variables you have provided"
        f" exceeded the 4KB limit. String measured: {json.dumps({'NAME': 'x' * 4096}, separators=(',', ':'))}",
    ),
    "log levels in text": (
        {"LoggingConfig": {"LogFormat": "Text", "ApplicationLogLevel": "DEBUG"}},
        "InvalidParameterValueException",
        "To configure log level, set LogFormat to JSON.",
    ),
    "a version": (
        {"Publish": True},
        "NotImplemented",
        "crossgrant doesn't serve versions: leave `Publish` out",
    ),
    "a name that is too long": (
        {"FunctionName": "f" * 65},
        "ValidationException",
        f"1 validation error detected: Value '{'f' * 65}' at 'functionName' failed to satisfy constraint: Member must"
        " have length less than or equal to 64",
    ),
    "a timeout that is too long": (
        {"Timeout": 901},
        "ValidationException",
        "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value"
        " less than or equal to 900",
    ),
    "another language": (
        {"Runtime": "nodejs22.x"},
        "NotImplemented",
        "crossgrant doesn't serve the runtime nodejs22.x: functions are in Python here",
    ),
    "code in S3": (
        {"Code": {"S3Bucket": "bucket", "S3Key": "key"}},
        "NotImplemented",
        "crossgrant doesn't serve the parameter `Code.S3Bucket`: give the code as `ZipFile`",
    ),
    "layers": (
        {"Layers": ["arn:aws:lambda:us-east-1:111111111111:layer:l:1"]},
        "NotImplemented",
        "crossgrant doesn't serve the parameter `Layers` of lambda:CreateFunction",
    ),
    "a function that exists": (
        {"FunctionName": "echo"},
        "ResourceConflictException",
        "Function already exist: echo",
    ),
}


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize("name", REFUSED)
def test_a_function_is_refused_in_awss_words(name: str, functions: Any, role: str) -> None:
    settings, code, message = REFUSED[name]
    values = {"FunctionName": "refused", "Role": role} | settings
    assert refusal(make_function, client=functions, name="refused", **_renamed(values)) == (code, message)
    assert "refused" not in [each["FunctionName"] for each in functions.list_functions()["Functions"]]


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    return {"role" if name == "Role" else name: value for name, value in values.items()}


def test_a_role_that_does_not_trust_lambda_is_refused(gateway: Gateway, functions: Any) -> None:
    role = make_role(gateway, "caller", "for-users", trust(f"arn:aws:iam::{CALLER}:root"))
    text = "The role defined for the function cannot be assumed by Lambda."
    assert refusal(make_function, client=functions, name="f", role=role) == ("InvalidParameterValueException", text)


def test_an_update_of_another_revision_is_refused(functions: Any, echo: str) -> None:
    code, _ = refusal(functions.update_function_configuration, FunctionName=echo, Timeout=9, RevisionId="another")
    assert code == "PreconditionFailedException"


# Who may


def test_the_deployer_needs_pass_role_when_a_role_is_set_and_when_it_is_changed(
    gateway: Gateway, role: str, echo: str
) -> None:
    key = make_user(gateway, "caller", "deployer", allow("lambda:*"))
    client = gateway.client("lambda", "caller", key)
    text = (
        f"User: arn:aws:iam::{CALLER}:user/deployer is not authorized to perform: iam:PassRole on resource: {role}"
        " because no identity-based policy allows the iam:PassRole action"
    )
    assert refusal(make_function, client=client, name="passed", role=role) == ("AccessDeniedException", text)
    assert refusal(client.update_function_configuration, FunctionName=echo, Role=role)[1] == text
    client.update_function_configuration(FunctionName=echo, Description="changed without its role")
    condition = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    may_pass = document(allow("iam:PassRole", role, Condition=condition))
    gateway.client("iam", "caller").put_user_policy(UserName="deployer", PolicyName="pass", PolicyDocument=may_pass)
    assert make_function(client, "passed", role)["FunctionName"] == "passed"


def test_who_may_not_invoke_learns_nothing(gateway: Gateway, echo: str) -> None:
    """Another account's function reads the same whether it exists or not."""
    key = make_user(gateway, "owner", "stranger", allow("lambda:*"))
    client = gateway.client("lambda", "owner", key)
    for name in (echo, "absent"):
        code, text = refusal(client.invoke, FunctionName=ARN + name)
        assert code == "AccessDeniedException"
        assert text.startswith(
            f"User: arn:aws:iam::{OWNER}:user/stranger is not authorized to perform: lambda:InvokeFunction on resource:"
            f" {ARN}{name} because no resource-based policy allows the lambda:InvokeFunction action"
        )
    answer = refusal(client.invoke, FunctionName="absent")
    assert answer[0] == "ResourceNotFoundException"


def test_a_dry_run_asks_for_access_alone(gateway: Gateway, functions: Any, echo: str) -> None:
    assert functions.invoke(FunctionName=echo, InvocationType="DryRun")["StatusCode"] == 204
    key = make_user(gateway, "caller", "nobody")
    client = gateway.client("lambda", "caller", key)
    assert refusal(client.invoke, FunctionName=echo, InvocationType="DryRun")[0] == "AccessDeniedException"


NAMES = {  # how an absent function may be named, and what is said of it
    "a name": ("absent", "Function not found: {arn}absent"),
    "an alias": ("echo:live", "Function not found: {arn}echo:live"),
    "a version": (ARN + "echo:7", "Function not found: {arn}echo:7"),
    "another Region's": (
        ARN.replace("us-east-1", "eu-west-1") + "echo",
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    ),
}


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize("name", NAMES)
def test_who_may_invoke_is_told_that_a_function_is_absent(name: str, functions: Any) -> None:
    function, text = NAMES[name]
    assert refusal(functions.invoke, FunctionName=function) == ("ResourceNotFoundException", text.format(arn=ARN))


# Invoking


def test_an_event_is_answered_by_the_handler(functions: Any, echo: str) -> None:
    answer = functions.invoke(FunctionName=echo, Payload=b'{"a": [1.5, "\xc3\xa9"]}')
    assert (answer["StatusCode"], answer["ExecutedVersion"], answer.get("FunctionError")) == (200, "$LATEST", None)
    assert json.loads(answer["Payload"].read()) == {"a": [1.5, "é"]}
    assert invoke(functions, ARN + echo + ":$LATEST") == {}


def test_an_error_is_the_payload_and_the_log_comes_along(functions: Any, role: str) -> None:
    make_function(functions, "fails", role, "def handler(e, c):\n    print('before')\n    return 1 / 0\n")
    answer = functions.invoke(FunctionName="fails", LogType="Tail")
    document = json.loads(answer["Payload"].read())
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (document["errorType"], document["errorMessage"]) == ("ZeroDivisionError", "division by zero")
    assert document["requestId"] == answer["ResponseMetadata"]["RequestId"]
    log = base64.b64decode(answer["LogResult"]).decode().splitlines()
    assert log[:2] == [f"START RequestId: {document['requestId']} Version: $LATEST", "before"]
    assert log[-1].startswith(f"REPORT RequestId: {document['requestId']}\tDuration: ")


def test_a_client_context_is_passed_on(functions: Any, role: str) -> None:
    make_function(functions, "context", role, "def handler(e, c):\n    return c.client_context.custom\n")
    context = base64.b64encode(json.dumps({"custom": {"é": "ü"}}).encode()).decode()
    assert invoke(functions, "context", ClientContext=context) == {"é": "ü"}
    answer = refusal(functions.invoke, FunctionName="context", ClientContext="no base64")
    assert answer == ("InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object.")


def test_an_event_for_later_is_taken_and_served(gateway: Gateway, functions: Any, role: str) -> None:
    make_function(functions, "later", role, "def handler(e, c):\n    print('served', e)\n")
    assert functions.invoke(FunctionName="later", InvocationType="Event", Payload=b"[7]")["StatusCode"] == 202
    logs = gateway.client("logs", "caller")
    deadline = time.monotonic() + 10
    while "served [7]\n" not in messages(logs, "later") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "served [7]\n" in messages(logs, "later")


PAYLOADS = {
    "no JSON": (
        b"no json",
        "RequestResponse",
        "InvalidRequestContentException",
        "Could not parse request body into json: ",
    ),
    "too large": (
        b'"' + b"x" * 6_291_455 + b'"',
        "RequestResponse",
        "RequestTooLargeException",
        "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
    ),
    "too large for later": (
        b'"' + b"x" * 1_048_575 + b'"',
        "Event",
        "RequestTooLargeException",
        "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
    ),
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_bad_event_is_refused_before_the_function_runs(name: str, functions: Any, echo: str) -> None:
    payload, kind, code, text = PAYLOADS[name]
    answer = refusal(functions.invoke, FunctionName=echo, InvocationType=kind, Payload=payload)
    assert (answer[0], answer[1][: len(text)]) == (code, text)


def test_the_largest_event_goes_in_and_out(functions: Any, echo: str) -> None:
    functions.update_function_configuration(FunctionName=echo, MemorySize=512)
    payload = b'"' + b"x" * 6_291_454 + b'"'
    assert functions.invoke(FunctionName=echo, Payload=payload)["Payload"].read() == payload


def test_new_code_serves_at_once(functions: Any, role: str) -> None:
    make_function(functions, "changing", role, "def handler(e, c):\n    return 'old'\n")
    assert invoke(functions, "changing") == "old"
    functions.update_function_code(FunctionName="changing", ZipFile=package("def handler(e, c):\n    return 'new'\n"))
    assert invoke(functions, "changing") == "new"


def test_a_changed_configuration_serves_at_once(functions: Any, role: str) -> None:
    code = "import os\ndef one(e, c):\n    return 1\ndef two(e, c):\n    return os.environ['STAGE']\n"
    make_function(functions, "reconfigured", role, code, Handler="app.one")
    assert invoke(functions, "reconfigured") == 1
    functions.update_function_configuration(
        FunctionName="reconfigured", Handler="app.two", Environment={"Variables": {"STAGE": "test"}}
    )
    assert invoke(functions, "reconfigured") == "test"


def test_a_function_may_log_json(functions: Any, role: str) -> None:
    code = "import logging\ndef handler(e, c):\n    logging.getLogger().debug('seen', extra={'order': 7})\n"
    logging = {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "LogGroup": "/orders"}
    make_function(functions, "json", role, code, LoggingConfig=logging)
    answer = functions.invoke(FunctionName="json", LogType="Tail")
    lines = [json.loads(line) for line in base64.b64decode(answer["LogResult"]).splitlines()]
    assert [line.get("type") or line["message"] for line in lines] == ["platform.start", "seen", "platform.report"]
    assert (lines[1]["level"], lines[1]["order"]) == ("DEBUG", 7)


def test_others_are_served_while_a_handler_never_returns(
    gateway: Gateway, functions: Any, role: str, echo: str
) -> None:
    make_function(functions, "endless", role, "def handler(e, c):\n    while True: pass\n", Timeout=2)
    answers: list[Any] = []
    waiting = threading.Thread(target=lambda: answers.append(invoke(gateway.client("lambda", "caller"), "endless")))
    waiting.start()
    served = 0
    while waiting.is_alive():
        assert invoke(functions, echo, served) == served
        served += 1
    assert served > 5
    assert answers[0]["errorType"] == "Sandbox.Timedout"
    assert answers[0]["errorMessage"].endswith("Error: Task timed out after 2.00 seconds")


# What the function may


def test_requests_from_inside_carry_the_functions_arn(gateway: Gateway, functions: Any) -> None:
    role = make_role(gateway, "caller", "shared", TRUST)
    condition = {"ArnEquals": {"lambda:SourceFunctionArn": ARN + "inside"}}
    only = document(allow("iam:ListUsers", Condition=condition))
    gateway.client("iam", "caller").put_role_policy(RoleName="shared", PolicyName="only", PolicyDocument=only)
    code = (
        "import boto3\n"
        "def handler(event, context):\n"
        "    boto3.client('iam').list_users()\n"
        "    return boto3.client('sts').get_caller_identity()['Arn']\n"
    )
    for name in ("inside", "beside"):
        make_function(functions, name, role, code)
    assert invoke(functions, "inside") == f"arn:aws:sts::{CALLER}:assumed-role/shared/inside"
    refused = invoke(functions, "beside")
    assert (refused["errorType"], "not authorized to perform: iam:ListUsers" in refused["errorMessage"]) == (
        "ClientError",
        True,
    )


def test_a_role_that_lambda_may_not_assume_any_more_starts_no_worker(gateway: Gateway, functions: Any) -> None:
    role = make_role(gateway, "caller", "withdrawn", TRUST)
    make_function(functions, "withdrawn", role)
    gateway.client("iam", "caller").delete_role(RoleName="withdrawn")
    text = "The role defined for the function cannot be assumed by Lambda."
    assert refusal(functions.invoke, FunctionName="withdrawn") == ("AccessDeniedException", text)


def test_a_log_needs_the_roles_permission(gateway: Gateway, functions: Any) -> None:
    role = make_role(gateway, "caller", "silent", TRUST)
    make_function(functions, "silent", role)
    assert invoke(functions, "silent", 1) == 1
    logs = gateway.client("logs", "caller")
    assert logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/silent")["logGroups"] == []


def test_a_worker_is_replaced_before_its_credentials_end(gateway: Gateway, functions: Any, role: str) -> None:
    make_function(functions, "aging", role, PID)
    first = invoke(functions, "aging")
    assert invoke(functions, "aging") == first
    assert gateway.crossgrant("clock", "--advance", "12h").returncode == 0
    assert invoke(functions, "aging") != first


def test_the_log_is_in_cloudwatch_logs(gateway: Gateway, functions: Any, role: str) -> None:
    make_function(functions, "logging", role, "print('loaded')\ndef handler(e, c):\n    print('handled')\n")
    invoke(functions, "logging")
    kinds = [message.split()[0] for message in messages(gateway.client("logs", "caller"), "logging")]
    assert kinds == ["INIT_START", "loaded", "START", "handled", "END", "REPORT"]


def test_a_loaded_snapshot_brings_its_functions_back(tmp_path: Path) -> None:
    with running_gateway(tmp_path) as gateway:
        client, file = gateway.client("lambda", "caller"), str(tmp_path / "snapshot.db")
        make_function(
            client, "f", make_role(gateway, "caller", "execution", TRUST), "def handler(e, c):\n    return 1\n"
        )
        assert invoke(client, "f") == 1
        assert crossgrant("snapshot", "save", "--ready-file", str(gateway.ready_file), file).returncode == 0
        client.update_function_code(FunctionName="f", ZipFile=package("def handler(e, c):\n    return 2\n"))
        assert invoke(client, "f") == 2
        assert crossgrant("snapshot", "load", "--ready-file", str(gateway.ready_file), file).returncode == 0
        assert invoke(client, "f") == 1


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_gateway(end: signal.Signals, tmp_path: Path) -> None:
    with running_gateway(tmp_path) as gateway:
        client = gateway.client("lambda", "caller")
        make_function(client, "pid", make_role(gateway, "caller", "execution", TRUST), PID)
        pid = invoke(client, "pid")
        assert psutil.pid_exists(pid)
        gateway.process.send_signal(end)
        gateway.process.wait(20)
        psutil.wait_procs([worker for worker in psutil.process_iter() if worker.pid == pid], timeout=10)
        assert not psutil.pid_exists(pid)


def test_the_gateway_ends_while_a_handler_never_returns(tmp_path: Path) -> None:
    with running_gateway(tmp_path) as gateway:
        client = gateway.client("lambda", "caller")
        role = make_role(gateway, "caller", "execution", TRUST)
        make_function(client, "endless", role, "def handler(e, c):\n    while True: pass\n", Timeout=600)
        answers: list[Any] = []
        waiting = threading.Thread(target=lambda: answers.append(invoke(client, "endless")))
        waiting.start()
        time.sleep(1)  # by then it runs
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.process.wait(20) == 0
        waiting.join(20)
        assert answers[0]["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
        assert "Traceback" not in gateway.log.read_text()


def messages(logs: Any, function: str) -> list[str]:
    try:
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [event["message"] for event in found["events"]]
