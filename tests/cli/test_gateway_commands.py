"""`up`, `env`, `exec`, `clock` and `down` as a user types them."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.gateway import crossgrant, environment, running_gateway

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose last started gateway is its own."""
    return {**environment(), "XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.fixture
def detached(home: dict[str, str], tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A gateway that `up --detach` has started, as its ready file says it."""
    ready_file = tmp_path / "ready.json"
    started = crossgrant("up", "--port", "0", "--detach", "--ready-file", str(ready_file), env=home)
    assert started.returncode == 0, started.stderr
    ready: dict[str, Any] = json.loads(ready_file.read_text())
    assert ready["endpoint"] in started.stdout
    yield ready
    if psutil.pid_exists(ready["pid"]):
        psutil.Process(ready["pid"]).terminate()


def accepts(endpoint: str) -> bool:
    host, _, port = endpoint.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_detach_returns_when_the_gateway_accepts_and_down_ends_it(
    detached: dict[str, Any], home: dict[str, str], tmp_path: Path
) -> None:
    assert accepts(detached["endpoint"])
    assert set(detached) == {"version", "endpoint", "pid", "region", "config_file", "credentials_file", "accounts"}
    assert detached["accounts"]["owner"] == {"id": "222222222222", "profile": "owner"}
    for file in (tmp_path / "ready.json", Path(detached["config_file"]), Path(detached["credentials_file"])):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    stopped = crossgrant("down", env=home)
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert not psutil.pid_exists(detached["pid"])
    assert not accepts(detached["endpoint"])
    assert not (tmp_path / "ready.json").exists()
    assert not Path(detached["config_file"]).parent.exists()
    again = crossgrant("down", env=home)
    assert again.returncode == 2
    assert "you have started no gateway" in again.stderr


def test_the_ready_file_is_written_once_all_else_is_said(home: dict[str, str], tmp_path: Path) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from crossgrant.local.launch import GatewayOptions, run

def announce(accounts):
    print(ready_file.exists(), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

ready_file = Path(sys.argv[1])
run(GatewayOptions({"owner": "222222222222"}, "us-east-1", 0, ready_file), announce)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "ready.json")]
    ran = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("False\n", "")


def test_a_ready_file_without_a_folder_is_refused_before_anything_is_served(
    home: dict[str, str], tmp_path: Path
) -> None:
    ready_file = tmp_path / "none" / "ready.json"
    ran = crossgrant("up", "--port", "0", "--ready-file", str(ready_file), env=home)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"error: `{ready_file}` can't be written\n  help: check its folder and rights\n"


def test_env_points_the_aws_cli_at_the_last_gateway_and_unsets_what_would_win(
    detached: dict[str, Any], home: dict[str, str]
) -> None:
    misled = {**home, "AWS_ACCESS_KEY_ID": "AKIAWRONG", "AWS_SECRET_ACCESS_KEY": "wrong", "AWS_REGION": "eu-west-1"}
    misled |= {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    program = f'eval "$({sys.executable} -m crossgrant env owner)"; aws sts get-caller-identity --query Account'
    ran = subprocess.run(["bash", "-c", program], env=misled, capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.stderr) == ('"222222222222"', "")


def test_exec_runs_a_command_as_an_accounts_operator(detached: dict[str, Any], home: dict[str, str]) -> None:
    query = ("aws", "sts", "get-caller-identity", "--query", "Account", "--output", "text")
    assert crossgrant("exec", "caller", "--", *query, env=home).stdout.strip() == "111111111111"
    unknown = crossgrant("exec", "third", "--", *query, env=home)
    assert unknown.returncode == 2
    assert "`third` is no account of the gateway" in unknown.stderr
    absent = crossgrant("exec", "caller", "--", "no-such-program-anywhere", env=home)
    assert (absent.returncode, absent.stdout) == (2, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_gateway_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with running_gateway(tmp_path) as gateway:
        gateway.process.send_signal(number)
        assert gateway.process.wait(10) == 0
        assert not gateway.ready_file.exists()
        assert not gateway.config_file.parent.exists()


def test_it_ends_with_its_parent(home: dict[str, str], tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    ready_file = tmp_path / "ready.json"
    options = ("--port", "0", "--ready-file", str(ready_file), "--parent-pid", str(parent.pid), "--detach")
    assert crossgrant("up", *options, env=home).returncode == 0
    gateway = psutil.Process(json.loads(ready_file.read_text())["pid"])
    parent.communicate(b"\n")
    gone, _ = psutil.wait_procs([gateway], timeout=10)
    assert gone


def test_a_taken_port_is_refused_when_asked_for_and_passed_over_when_not(home: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = crossgrant("up", "--port", str(port), env=home)
    assert refused.returncode == 2
    assert f"port {port} can't be used" in refused.stderr


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--accounts", "caller=1234"), "`caller=1234` is no account"),
        (("--accounts", "a=111111111111,b=111111111111"), "repeats a name or an id"),
        (("--accounts", "a=111111111111", "--grants", "x.yaml"), "both name the accounts"),
        (("--grants", "absent.yaml"), "absent.yaml"),
        (("--state", "/absent/folder/state.db"), "/absent/folder/state.db"),
    ],
)
def test_options_that_can_not_be_used_get_one_clear_error(
    home: dict[str, str], tmp_path: Path, options: tuple[str, ...], text: str
) -> None:
    refused = crossgrant("up", "--port", "0", *options, env=home, cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert text in refused.stderr
    assert "Traceback" not in refused.stderr


KEY = {"account": "owner", "user": "harness", "access_key_id": "AKIAHARNESS00000001", "secret_access_key": "s" * 40}


def credentials_file(folder: Path, content: Any, mode: int = 0o600) -> Path:
    file = folder / "keys.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    file.chmod(mode)
    return file


def test_extra_keys_sign_as_users_without_policies(tmp_path: Path) -> None:
    with running_gateway(tmp_path, "--credentials", str(credentials_file(tmp_path, [KEY]))) as gateway:
        key = {"AccessKeyId": KEY["access_key_id"], "SecretAccessKey": KEY["secret_access_key"]}
        identity = gateway.client("sts", "owner", key).get_caller_identity()
        assert identity["Arn"] == "arn:aws:iam::222222222222:user/harness"
        policies = gateway.client("iam", "owner").list_attached_user_policies(UserName="harness")
        assert policies["AttachedPolicies"] == []


@pytest.mark.parametrize(
    ("content", "mode", "text"),
    [
        ([KEY], 0o644, "may be read by others"),
        ("[", 0o600, "is no JSON"),
        ({}, 0o600, "holds no JSON list"),
        ([{**KEY, "account": "absent"}], 0o600, "`absent` is no embedded account"),
        ([{"user": "x"}], 0o600, "entry 0: expected an object"),
        ([{**KEY, "extra": "x"}], 0o600, "entry 0: expected an object"),
        ([KEY, {**KEY, "secret_access_key": "other"}], 0o600, "is already another key"),
    ],
)
def test_a_credentials_file_that_can_not_be_used_is_refused(
    home: dict[str, str], tmp_path: Path, content: Any, mode: int, text: str
) -> None:
    file = credentials_file(tmp_path, content, mode)
    refused = crossgrant("up", "--port", "0", "--credentials", str(file), env=home)
    assert refused.returncode == 2
    assert text in refused.stderr
    assert KEY["secret_access_key"] not in refused.stderr


def test_state_outlives_the_gateway(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    with running_gateway(tmp_path, "--state", state) as gateway:
        gateway.client("iam", "owner").create_user(UserName="kept")
        assert gateway.crossgrant("clock", "--advance", "1d").returncode == 0
    with running_gateway(tmp_path, "--state", state) as gateway:
        assert gateway.client("iam", "owner").get_user(UserName="kept")["User"]["UserName"] == "kept"
        operators = gateway.client("iam", "owner").list_access_keys(UserName="crossgrant-operator")
        assert len(operators["AccessKeyMetadata"]) == 1
        made = gateway.client("iam", "owner").create_user(UserName="later")["User"]["CreateDate"]
        assert made.timestamp() > time.time() + 80_000
    assert stat.S_IMODE(os.stat(state).st_mode) == 0o600  # noqa: PTH116 - the file itself


def test_no_secret_is_printed(tmp_path: Path) -> None:
    with running_gateway(tmp_path) as gateway:
        secrets = [
            line.split(" = ")[1] for line in gateway.credentials_file.read_text().splitlines() if "secret" in line
        ]
        printed = gateway.log.read_text() + gateway.crossgrant("env").stdout
        assert gateway.crossgrant("clock", "--advance", "1s").returncode == 0
        assert secrets
        assert not [secret for secret in secrets if secret in printed + gateway.log.read_text()]
