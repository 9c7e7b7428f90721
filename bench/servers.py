"""The servers that are compared: how each is installed, started on loopback, and measured from outside."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import psutil
from botocore.config import Config

from bench.installed import ROOT, dynamodb_local_folder, environment

CALLER, OWNER = "111111111111", "222222222222"
REGION = "us-east-1"


@dataclass(frozen=True)
class Keys:
    """Credentials of one principal."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    endpoint: str
    process: psutil.Process
    seconds_to_ready: float  # from spawn until it accepted connections
    operators: Mapping[str, Keys]  # the account's id: keys that may do everything in it
    enforces: Callable[[], None] = lambda: None  # call it once the accounts are furnished
    every_resource: bool = False  # it understands no other Resource than `*`

    def client(self, service: str, keys: Keys) -> Any:
        """Return a boto3 client of this server that never retries."""
        session: Any = boto3.Session(keys.access_key_id, keys.secret_access_key, keys.session_token, REGION)
        config = Config(retries={"total_max_attempts": 1})
        return session.client(service, endpoint_url=self.endpoint, config=config)

    def cpu_seconds(self) -> float:
        """Return the CPU time that the server's processes have used, those that have ended included."""
        times = [process.cpu_times() for process in self._tree()]
        ended = self.process.cpu_times()
        return sum(t.user + t.system for t in times) + ended.children_user + ended.children_system

    def resident_mib(self) -> float:
        """Return the resident memory of the server's processes."""
        return sum(process.memory_info().rss for process in self._tree()) / 2**20

    def _tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def crossgrant(*options: str) -> Iterator[Server]:
    """Start this tree's gateway as a user does."""
    with tempfile.TemporaryDirectory() as folder:
        ready_file = Path(folder, "ready.json")
        command = [sys.executable, "-m", "crossgrant", "up", "--accounts", f"caller={CALLER},owner={OWNER}"]
        command += ["--port", str(free_port()), "--ready-file", str(ready_file), "--parent-pid", str(os.getpid())]
        source = {"PYTHONPATH": str(ROOT / "src")}
        with spawned([*command, *options], source, ready_file.exists) as (process, seconds):
            ready = json.loads(ready_file.read_text())
            operators = {}
            for account in ready["accounts"].values():
                session = botocore.session.Session(profile=account["profile"])
                session.set_config_variable("config_file", ready["config_file"])
                session.set_config_variable("credentials_file", ready["credentials_file"])
                keys = session.get_credentials()
                assert keys is not None
                operators[account["id"]] = Keys(keys.access_key, keys.secret_key)
            yield Server("crossgrant", ready["endpoint"], process, seconds, operators)


@contextmanager
def ministack() -> Iterator[Server]:
    """Start MiniStack with its access control on; an account's root signs with the account's id as key."""
    port = free_port()
    settings = {"AUTH": "true", "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)}
    settings |= {"IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}  # it would listen on more ports
    with spawned([str(environment("ministack") / "bin" / "ministack")], settings, lambda: listens(port)) as (
        process,
        seconds,
    ):
        operators = {account: Keys(account, "test") for account in (CALLER, OWNER)}
        yield Server("MiniStack", f"http://127.0.0.1:{port}", process, seconds, operators)


@contextmanager
def moto() -> Iterator[Server]:
    """Start moto_server, which enforces IAM once it is told to; any role can be assumed until then."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    command = [str(environment("moto") / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with spawned(command, {"INITIAL_NO_AUTH_ACTION_COUNT": "1000000000"}, lambda: listens(port)) as (process, seconds):
        anyone = Server("moto_server", endpoint, process, seconds, {}).client("sts", Keys("test", "test"))
        operators = {}
        for account in (CALLER, OWNER):
            role = f"arn:aws:iam::{account}:role/operator"
            keys = anyone.assume_role(RoleArn=role, RoleSessionName="operator")["Credentials"]
            operators[account] = Keys(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        as_it_is = {"Content-Type": "application/octet-stream"}
        enforce = urllib.request.Request(f"{endpoint}/moto-api/reset-auth", b"0", as_it_is)
        enforces = lambda: urllib.request.urlopen(enforce).close()  # noqa: E731 - a line
        yield Server("moto_server", endpoint, process, seconds, operators, enforces, every_resource=True)


@contextmanager
def dynamodb_local() -> Iterator[Server]:
    """Start Amazon's DynamoDB Local in memory; it knows no access control, and any key will do."""
    port = free_port()
    folder = dynamodb_local_folder()
    command = ["java", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]
    with spawned(
        [*command, "-inMemory", "-disableTelemetry", "-port", str(port)],
        {},
        lambda: listens(port),
        folder,
    ) as (process, seconds):
        operators = {account: Keys(account, "test") for account in (CALLER, OWNER)}
        yield Server("DynamoDB Local", f"http://127.0.0.1:{port}", process, seconds, operators)


@contextmanager
def spawned(
    command: list[str], settings: Mapping[str, str], ready: Callable[[], bool], folder: Path | None = None
) -> Iterator[tuple[psutil.Popen, float]]:
    """Start a server without our AWS settings, wait until it is `ready`, and stop it and what it started afterwards.

    Yields its process and the seconds that it took to get ready.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = psutil.Popen(command, env={**kept, **settings}, cwd=folder, stdout=output, **streams)
        try:
            while not ready() and process.poll() is None and time.perf_counter() < began + 60:
                time.sleep(0.002)
            yield process, time.perf_counter() - began
        except BaseException:
            output.seek(0)
            print(output.read()[-2000:].decode(errors="replace"), file=sys.stderr)
            raise
        finally:
            stop(process)


def stop(process: psutil.Popen) -> None:
    """Ask a server to end, and end what it leaves behind."""
    family = process.children(recursive=True) if process.is_running() else []
    process.terminate()
    process.wait(20)
    for child in family:
        if child.is_running():
            child.kill()


def listens(port: int) -> bool:
    """Return whether something accepts connections on a port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port of loopback that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
