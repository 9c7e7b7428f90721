"""The story through the AWS SDK for JavaScript, whose readers of answers and errors are others than Python's."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.gateway import Gateway
from support.locked import locked
from support.story import ITEM, OWNER, TABLE, TABLE_ROLE, Story

pytestmark = [pytest.mark.node, pytest.mark.slow]
HERE = Path(__file__).with_name("javascript")
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "javascript"


@pytest.fixture(scope="module")
def sdk() -> Path:
    """A folder outside the tests that holds the SDK, as package.json pins it, and the script."""
    folder = CACHE / hashlib.sha256((HERE / "package.json").read_bytes()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        if not (folder / "complete").exists():
            shutil.copy(HERE / "package.json", folder)
            npm = ["npm", "install", "--package-lock=false", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(npm, cwd=folder, check=True, capture_output=True)
            (folder / "complete").touch()
        shutil.copy(HERE / "story.mjs", folder)
    return folder


@pytest.fixture(scope="module")
def told(story: Story, sdk: Path) -> Mapping[str, Any]:
    """What the script's calls gave."""
    parameters = {
        "endpoint": story.gateway.endpoint,
        "region": story.gateway.region,
        "role": TABLE_ROLE,
        "user": {"accessKeyId": story.user["AccessKeyId"], "secretAccessKey": story.user["SecretAccessKey"]},
        "callerOperator": operator(story.gateway, "caller"),
        "ownerOperator": operator(story.gateway, "owner"),
    }
    done = subprocess.run(
        ["node", "story.mjs", json.dumps(parameters)], cwd=sdk, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer


def operator(gateway: Gateway, account: str) -> dict[str, str]:
    """Return the operator's keys by the SDK's names."""
    keys = gateway.session(account).get_credentials()
    assert keys is not None
    return {"accessKeyId": keys.access_key, "secretAccessKey": keys.secret_key}


def test_the_item_is_read_by_the_session_and_by_the_function(told: Mapping[str, Any]) -> None:
    assert (told["item"], told["invoked"]) == (ITEM, ITEM)


def test_the_session_says_who_it_is_and_when_it_ends(told: Mapping[str, Any]) -> None:
    assert told["who"] == f"arn:aws:sts::{OWNER}:assumed-role/CrossAccountDynamoDBRole/reader"
    assert told["expires"] is True


@pytest.mark.parametrize(
    ("call", "name", "status", "text"),
    [
        ("deniedPut", "AccessDeniedException", 400, f"to perform: dynamodb:PutItem on resource: {TABLE}"),
        ("deniedAssume", "AccessDenied", 403, f"to perform: sts:AssumeRole on resource: {TABLE_ROLE}"),
        ("noTable", "ResourceNotFoundException", 400, "Requested resource not found"),
        ("conditionFailed", "ConditionalCheckFailedException", 400, "The conditional request failed"),
        ("noRole", "NoSuchEntityException", 404, "The role with name nobody cannot be found."),
        ("noFunction", "ResourceNotFoundException", 404, "Function not found"),
    ],
)
def test_an_error_has_its_name_status_and_text(
    told: Mapping[str, Any], call: str, name: str, status: int, text: str
) -> None:
    error = told[call]
    assert (error["name"], error["status"]) == (name, status)
    assert text in error["message"]


def test_paginators_reach_every_page(told: Mapping[str, Any]) -> None:
    assert (told["rolePages"], told["tablePages"], told["queryPages"]) == (1, 1, 1)


def test_errors_that_the_sdk_knows_are_of_its_classes(told: Mapping[str, Any]) -> None:
    """AWS's models name no access denial, so the SDK has no class for one."""
    typed = {call: error["typed"] for call, error in told.items() if isinstance(error, dict) and "typed" in error}
    assert typed == {
        "deniedPut": None,
        "deniedAssume": None,
        "noTable": "ResourceNotFoundException",
        "conditionFailed": "ConditionalCheckFailedException",
        "noRole": "NoSuchEntityException",
        "noFunction": "ResourceNotFoundException",
    }
