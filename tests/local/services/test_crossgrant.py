"""The gateway's own operations, through the command line and signed calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from support.gateway import Gateway
from support.principals import CALLER, OWNER, allow, make_role, make_user, refusal, trust


def own_call(gateway: Gateway, operation: str, values: dict[str, Any], key: dict[str, str] | None = None) -> Any:
    """Make one signed call of signing name `crossgrant`, as the owner's operator unless a key is given."""
    held = gateway.session("owner").get_credentials()
    assert held is not None
    signing = Credentials(key["AccessKeyId"], key["SecretAccessKey"]) if key else held
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"Crossgrant_20261124.{operation}"}
    request = AWSRequest("POST", gateway.endpoint + "/", headers, json.dumps(values).encode())
    SigV4Auth(signing, "crossgrant", "us-east-1").add_auth(request)
    return json.loads(URLLib3Session().send(request.prepare()).content)


def test_a_denial_is_listed_with_what_decided_and_its_trace(gateway: Gateway) -> None:
    key = make_user(gateway, "caller", "listed", allow("sts:AssumeRole"))
    role = make_role(gateway, "owner", "listed", trust(f"arn:aws:iam::{OWNER}:root"))
    assert refusal(gateway.client("sts", "caller", key).assume_role, RoleArn=role, RoleSessionName="s1")
    (request,) = own_call(gateway, "ListDecisions", {"Limit": 1, "Trace": True})["Requests"]
    assert (request["Caller"], request["Operation"]) == (f"arn:aws:iam::{CALLER}:user/listed", "AssumeRole")
    (decision,) = request["Decisions"]
    assert decision["Decision"] == "ImplicitDeny"
    assert decision["DecidedBy"] == [{"Layer": "RESOURCE", "Kind": "nothing_allows"}]
    (evaluation,) = json.loads(decision["Evaluation"])["evaluations"]
    assert evaluation["evaluatedEffect"] == "IMPLICIT_DENY"


def test_the_gateways_own_operations_need_permission(gateway: Gateway) -> None:
    key = make_user(gateway, "caller", "outsider")
    client = gateway.client("sts", "caller", key)
    assert client.get_caller_identity()["Account"] == CALLER
    assert own_call(gateway, "AdvanceClock", {"Seconds": 1}, key)["__type"] == "AccessDeniedException"


@pytest.mark.parametrize("advance", ["soon", "1", "-1h", "1y"])
def test_a_duration_that_is_none_is_refused(gateway: Gateway, advance: str) -> None:
    ran = gateway.crossgrant("clock", f"--advance={advance}")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"`{advance}` is no duration" in ran.stderr


def test_a_snapshot_brings_back_what_was_and_keeps_the_operators(gateway: Gateway, tmp_path: Path) -> None:
    iam, file = gateway.client("iam", "owner"), tmp_path / "snapshot.db"
    make_role(gateway, "owner", "before", trust(f"arn:aws:iam::{OWNER}:root"))
    assert own_call(gateway, "SaveSnapshot", {"Path": str(file)})["Bytes"] == file.stat().st_size
    make_role(gateway, "owner", "after", trust(f"arn:aws:iam::{OWNER}:root"))
    assert own_call(gateway, "LoadSnapshot", {"Path": str(file)}) == {}
    names = {role["RoleName"] for role in iam.list_roles()["Roles"]}
    assert "before" in names
    assert "after" not in names
    assert gateway.client("sts", "caller").get_caller_identity()["Account"] == CALLER


@pytest.mark.parametrize("operation", ["SaveSnapshot", "LoadSnapshot"])
def test_a_snapshot_that_can_not_be_had_is_one_clear_error(gateway: Gateway, tmp_path: Path, operation: str) -> None:
    answer = own_call(gateway, operation, {"Path": str(tmp_path / "absent" / "snapshot.db")})
    assert answer["__type"] == "SnapshotFailed"
    assert "absent/snapshot.db" in answer["message"]
