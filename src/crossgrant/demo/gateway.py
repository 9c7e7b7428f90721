"""The demo's gateway: `crossgrant up`, started as a user starts it, in a folder of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crossgrant.errors import CrossgrantError

_PATIENCE = 20.0  # seconds
_STEP = 0.01


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that serves; `users` are the access keys of the story's users, by name."""

    endpoint: str
    region: str
    config_file: Path
    credentials_file: Path
    users: Mapping[str, tuple[str, str]]
    started_in: float  # seconds


@contextmanager
def running(accounts: Mapping[str, str], users: Mapping[str, str]) -> Iterator[Gateway]:
    """Start a gateway on a free port, yield it once it accepts, and stop it.

    Args:
        accounts: the ids of the accounts to embed, by name.
        users: the account of each user who gets a key, by the user's name.

    """
    with tempfile.TemporaryDirectory(prefix="crossgrant-demo-") as folder:
        keys = {user: (f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30)) for user in users}
        credentials = Path(folder) / "users.json"
        _write_private(credentials, [_entry(user, accounts[users[user]], key) for user, key in keys.items()])
        ready = Path(folder) / "ready.json"
        log = Path(folder) / "gateway.log"
        began = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [
                    *(sys.executable, "-m", "crossgrant", "up", "--port", "0"),
                    *("--accounts", ",".join(f"{name}={id_}" for name, id_ in accounts.items())),
                    *("--ready-file", str(ready), "--credentials", str(credentials), "--parent-pid", str(os.getpid())),
                ],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        try:
            _wait(process, ready, log, began)
            yield _gateway(ready, keys, time.monotonic() - began)
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], ready: Path, log: Path, began: float) -> None:
    while not ready.exists():
        if process.poll() is not None or time.monotonic() - began > _PATIENCE:
            said = log.read_text("utf-8", "replace").strip()
            raise CrossgrantError("the gateway did not start", help=said or "run `crossgrant up` to see why")
        time.sleep(_STEP)


def _gateway(ready: Path, users: Mapping[str, tuple[str, str]], started_in: float) -> Gateway:
    said = json.loads(ready.read_text("utf-8"))
    files = (Path(said["config_file"]), Path(said["credentials_file"]))
    return Gateway(said["endpoint"], said["region"], *files, users, started_in)


def _entry(user: str, account: str, key: tuple[str, str]) -> dict[str, str]:
    return {"account": account, "user": user, "access_key_id": key[0], "secret_access_key": key[1]}


def _write_private(path: Path, value: object) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(value, file)
