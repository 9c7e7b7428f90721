"""Each shown command is the AWS CLI's, and sends what the demo's own call sends."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import botocore.session
import pytest
from awscli.clidriver import create_clidriver  # type: ignore[import-untyped]  # it has no types
from botocore.awsrequest import AWSPreparedRequest

from crossgrant.demo.cast import FUNCTION_FOLDER, PROBE_FOLDER, cast
from crossgrant.demo.command import command
from crossgrant.demo.impossible import checks
from crossgrant.demo.step import AdvanceClock, Call, Wait
from crossgrant.demo.story import chapters
from crossgrant.demo.wire import parameters_for_boto3, zipped

STEPS = [*(step for chapter in chapters(cast()) for step in chapter.steps), *checks(cast())]
ALL_CALLS = [act for step in STEPS for act in step.acts if isinstance(act, Call)]
ONE_OF_EACH_FORM = {(act.service, act.operation, *act.parameters): act for act in ALL_CALLS}.values()
CALLS = {command(act): act for act in ONE_OF_EACH_FORM}
RAW_PAYLOAD = "--cli-binary-format raw-in-base64-out"  # version 2 wants to be told; version 1 always takes raw payloads
PROFILES = ("caller", "owner", "developer", "stranger", "third")


@pytest.fixture(autouse=True)
def _profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\n"
    (tmp_path / "credentials").write_text("".join(f"[{name}]\n{profile}" for name in PROFILES))
    (tmp_path / "config").write_text("".join(f"[profile {name}]\nregion = us-east-1\n" for name in PROFILES))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for folder in (FUNCTION_FOLDER, PROBE_FOLDER):
        (tmp_path / f"{folder.name}.zip").write_bytes(zipped(folder))
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("shown", CALLS)
def test_a_shown_command_sends_what_the_step_sends(shown: str) -> None:
    program, *arguments = shlex.split(shown.replace(f" {RAW_PAYLOAD}", ""))
    assert program == "aws"
    driver = create_clidriver()
    sent = _Sent(driver.session)
    driver.main(arguments)
    assert sent.form == _sent_by_boto3(CALLS[shown])


def test_a_waiter_and_the_clock_are_shown_too() -> None:
    others = {command(act) for step in STEPS for act in step.acts if isinstance(act, Wait | AdvanceClock)}
    assert "aws --profile owner dynamodb wait table-exists --table-name Orders" in others
    assert "crossgrant clock --advance 16m" in others


def test_long_documents_stand_in_files_when_commands_are_short() -> None:
    (create,) = {act.operation: act for act in CALLS.values() if act.operation == "create_role"}.values()
    assert command(create, short=True).endswith("--assume-role-policy-document file://assume-role-policy-document.json")


class _CapturedError(Exception):
    """The request is known, and nothing is to be sent."""


class _Sent:
    """The one request that a session would send."""

    def __init__(self, session: botocore.session.Session) -> None:
        self.form: Any = None
        session.register("before-send", self._capture)  # type: ignore[arg-type]  # the stub wants more than botocore does

    def _capture(self, request: AWSPreparedRequest, **_: Any) -> None:
        body: Any = request.body or ""  # text, bytes or a file
        body = body.read() if hasattr(body, "read") else body
        text = body if isinstance(body, str) else body.decode()
        values = json.loads(text) if text.startswith("{") else parse_qs(text)
        self.form = (request.method, request.url, request.headers.get("X-Amz-Target"), values)
        raise _CapturedError


def _sent_by_boto3(call: Call) -> Any:
    session = botocore.session.Session(profile=call.profile)
    sent = _Sent(session)
    client = session.create_client(call.service)
    with pytest.raises(_CapturedError):
        getattr(client, call.operation)(**parameters_for_boto3(call.parameters))
    return sent.form
