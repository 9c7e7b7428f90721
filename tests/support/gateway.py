"""Embedded accounts for tests, started as a user starts them: `crossgrant up`, a ready file, profiles, SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3

SOURCE = Path(__file__).resolve().parents[2] / "src"
ACCOUNTS = {"caller": "111111111111", "owner": "222222222222"}
SECONDS_TO_START = 30.0


@dataclass(frozen=True)
class Gateway:
    """A running gateway, as its ready file describes it."""

    endpoint: str
    region: str
    config_file: Path
    credentials_file: Path
    profiles: Mapping[str, str]
    ready_file: Path
    log: Path
    process: subprocess.Popen[bytes]

    def session(self, account: str = "owner") -> boto3.Session:
        """Return a boto3 session of the account's operator, from the profile that the gateway wrote."""
        import boto3  # noqa: PLC0415 - a quarter of a second that tests without a gateway need not pay
        from botocore.session import Session  # noqa: PLC0415 - as above

        core = Session(profile=self.profiles[account])
        core.set_config_variable("config_file", str(self.config_file))
        core.set_config_variable("credentials_file", str(self.credentials_file))
        return boto3.Session(botocore_session=core)

    def client(self, service: str, account: str = "owner", credentials: Mapping[str, Any] | None = None) -> Any:
        """Return a boto3 client of `account`'s operator, or of `credentials` as AssumeRole returns them."""
        keys = (
            {
                "aws_access_key_id": credentials["AccessKeyId"],
                "aws_secret_access_key": credentials["SecretAccessKey"],
                "aws_session_token": credentials.get("SessionToken"),
            }
            if credentials
            else {}
        )
        session: Any = self.session(account)  # the stubs know the services by literal names alone
        return session.client(service, **keys)

    def crossgrant(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run one `crossgrant` command against this gateway, such as `clock --advance 1h`."""
        command, *rest = arguments
        return crossgrant(command, "--ready-file", str(self.ready_file), *rest, **options)

    def aws(self, account: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the AWS CLI as a user does: `crossgrant exec ACCOUNT -- aws …`."""
        return self.crossgrant("exec", account, "--", "aws", *arguments)


def environment() -> dict[str, str]:
    """Return this process's environment with the programs of its virtual environment first, and our source."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    return {**os.environ, "PATH": path, "PYTHONPATH": str(SOURCE), "NO_COLOR": "1", "AWS_PAGER": ""}


def crossgrant(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run one `crossgrant` command and return what it printed and its exit code."""
    command = (sys.executable, "-m", "crossgrant", *arguments)
    settings = {"env": environment(), "timeout": 120, "stdin": subprocess.DEVNULL, **options}
    return subprocess.run(command, capture_output=True, text=True, check=False, **settings)


@contextmanager
def running_gateway(
    folder: Path, *options: str, accounts: Mapping[str, str] = ACCOUNTS, port: int = 0
) -> Iterator[Gateway]:
    """Start a gateway with its files in `folder`, on a free port unless one is given, and stop it afterwards."""
    gateway = start_gateway(folder, *options, accounts=accounts, port=port)
    try:
        yield gateway
    finally:
        stop(gateway.process)


def start_gateway(folder: Path, *options: str, accounts: Mapping[str, str] = ACCOUNTS, port: int = 0) -> Gateway:
    """Start a gateway that ends with this process, and return once it accepts requests."""
    ready_file, log = folder / "ready.json", folder / "gateway.log"
    ready_file.unlink(missing_ok=True)
    named = ",".join(f"{name}={number}" for name, number in accounts.items())
    command = [sys.executable, "-m", "crossgrant", "up", "--accounts", named, "--port", str(port)]
    command += ["--ready-file", str(ready_file), "--parent-pid", str(os.getpid()), *options]
    settings = {**environment(), "XDG_STATE_HOME": str(folder)}  # where `down` would look for the last gateway
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=settings, cwd=folder
        )
    wait_until_ready(process, ready_file, log, command)
    ready = json.loads(ready_file.read_text())
    return Gateway(
        endpoint=ready["endpoint"],
        region=ready["region"],
        config_file=Path(ready["config_file"]),
        credentials_file=Path(ready["credentials_file"]),
        profiles={name: account["profile"] for name, account in ready["accounts"].items()},
        ready_file=ready_file,
        log=log,
        process=process,
    )


def wait_until_ready(process: subprocess.Popen[bytes], ready_file: Path, log: Path, command: Sequence[str]) -> None:
    """Return once the ready file is there; it is written whole, so its presence is enough."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            message = f"{' '.join(command)} did not get ready (exit code {process.returncode}):\n{log.read_text()}"
            raise RuntimeError(message)
        time.sleep(0.01)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a gateway as Ctrl-C's quieter sibling does, and make sure that it has ended."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
