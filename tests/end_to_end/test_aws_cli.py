"""The story through the AWS CLI, run as the README says: `crossgrant exec ACCOUNT -- aws …`."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.gateway import Gateway, environment
from support.story import ITEM, OWNER, TABLE, TABLE_ROLE, Story

pytestmark = pytest.mark.slow
SESSION = f"arn:aws:sts::{OWNER}:assumed-role/CrossAccountDynamoDBRole/cli"


def succeed(gateway: Gateway, account: str, *arguments: str) -> Any:
    """Run one AWS CLI command that must succeed and return its JSON."""
    done = gateway.aws(account, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


def test_each_account_has_its_own_operator(gateway: Gateway) -> None:
    for account, number in (("caller", "111111111111"), ("owner", OWNER)):
        assert succeed(gateway, account, "sts", "get-caller-identity")["Account"] == number


def test_a_table_is_made_filled_read_and_deleted(gateway: Gateway) -> None:
    make = ["create-table", "--table-name", "Cli", "--billing-mode", "PAY_PER_REQUEST"]
    make += [
        "--attribute-definitions",
        "AttributeName=id,AttributeType=S",
        "--key-schema",
        "AttributeName=id,KeyType=HASH",
    ]
    assert succeed(gateway, "owner", "dynamodb", *make)["TableDescription"]["TableName"] == "Cli"
    assert gateway.aws("owner", "dynamodb", "wait", "table-exists", "--table-name", "Cli").returncode == 0
    for number in range(5):
        item = json.dumps({"id": {"S": f"{number}"}})
        succeed(gateway, "owner", "dynamodb", "put-item", "--table-name", "Cli", "--item", item)
    scanned = succeed(gateway, "owner", "dynamodb", "scan", "--table-name", "Cli", "--page-size", "2")
    assert sorted(item["id"]["S"] for item in scanned["Items"]) == ["0", "1", "2", "3", "4"]
    some = succeed(gateway, "owner", "dynamodb", "scan", "--table-name", "Cli", "--max-items", "2")
    assert (len(some["Items"]), "NextToken" in some) == (2, True)
    succeed(gateway, "owner", "dynamodb", "delete-table", "--table-name", "Cli")


def test_the_function_is_invoked_and_its_log_read(story: Story, tmp_path: Path) -> None:
    out = tmp_path / "answer.json"
    invoke = ["invoke", "--function-name", "orders-api", "--payload", '{"id": "1001"}', str(out)]
    assert succeed(story.gateway, "caller", "lambda", *invoke)["StatusCode"] == 200
    assert json.loads(out.read_text()) == ITEM
    logs = ["filter-log-events", "--log-group-name", "/aws/lambda/orders-api"]
    messages = [event["message"] for event in succeed(story.gateway, "caller", "logs", *logs)["events"]]
    assert [message.split()[0] for message in messages[-3:]] == ["START", "END", "REPORT"]


def test_a_denial_is_printed_in_awss_words(story: Story) -> None:
    assume = ["assume-role", "--role-arn", TABLE_ROLE, "--role-session-name", "cli"]
    denied = story.gateway.aws("caller", "sts", *assume)
    assert denied.returncode != 0
    operator = "arn:aws:iam::111111111111:user/crossgrant/crossgrant-operator"
    assert (
        "An error occurred (AccessDenied) when calling the AssumeRole operation: "
        f"User: {operator} is not authorized to perform: sts:AssumeRole on resource: {TABLE_ROLE}"
    ) in denied.stderr


def test_a_profile_that_assumes_the_role_reads_the_table(story: Story, tmp_path: Path) -> None:
    """A profile with role_arn and source_profile, as people write it, works on the gateway's endpoint."""
    config = tmp_path / "config"
    config.write_text(
        f"[profile ada]\nregion = us-east-1\nendpoint_url = {story.gateway.endpoint}\n"
        f"aws_access_key_id = {story.user['AccessKeyId']}\naws_secret_access_key = {story.user['SecretAccessKey']}\n"
        f"[profile reader]\nregion = us-east-1\nendpoint_url = {story.gateway.endpoint}\n"
        f"role_arn = {TABLE_ROLE}\nsource_profile = ada\nrole_session_name = cli\n"
    )
    get = ["dynamodb", "get-item", "--table-name", "Orders", "--key", '{"id": {"S": "1001"}}']
    home = {"HOME": str(tmp_path)}  # the CLI keeps the sessions of its profiles there
    settings = {**environment(), **home, "AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "reader"}
    read = subprocess.run(["aws", *get], env=settings, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    assert json.loads(read.stdout)["Item"] == ITEM
    put = ["dynamodb", "put-item", "--table-name", "Orders", "--item", '{"id": {"S": "x"}}']
    denied = subprocess.run(["aws", *put], env=settings, capture_output=True, text=True, check=False)
    assert f"User: {SESSION} is not authorized to perform: dynamodb:PutItem on resource: {TABLE}" in denied.stderr


def test_env_makes_a_shell_speak_to_the_gateway(gateway: Gateway) -> None:
    """`eval "$(crossgrant env)"` wins over keys that the shell had before."""
    printed = gateway.crossgrant("env")
    assert printed.returncode == 0, printed.stderr
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wrong", "AWS_SESSION_TOKEN": "wrong"}
    script = f"{printed.stdout}\naws --profile owner sts get-caller-identity --query Account --output text"
    done = subprocess.run(
        ["sh", "-c", script], env={**environment(), **keys}, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode) == (OWNER, 0), done.stderr


def test_exec_passes_arguments_and_the_exit_code_on(gateway: Gateway) -> None:
    done = gateway.crossgrant("exec", "owner", "--", "sh", "-c", 'printf "%s|" "$@"; exit 7', "sh", "two words", "--x")
    assert (done.returncode, done.stdout) == (7, "two words|--x|"), shlex.join(done.args)
