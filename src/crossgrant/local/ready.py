"""The files by which others find a running gateway: the ready file, AWS config and credentials files.

All are written atomically with mode 0600 in a folder of mode 0700.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html (`endpoint_url` in a profile)
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossgrant.errors import CrossgrantError
from crossgrant.local.accounts import Accounts

VERSION = 1


class NoGatewayError(CrossgrantError):
    """No running gateway was found where one was looked for."""


@dataclass(frozen=True, slots=True)
class ReadyGateway:
    """What a ready file says. `accounts` maps each name to its 12-digit id; the profile has the account's name."""

    endpoint: str
    pid: int
    region: str
    config_file: Path
    credentials_file: Path
    accounts: Mapping[str, str]


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600, whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_profiles(folder: Path, accounts: Accounts) -> tuple[Path, Path]:
    """Write AWS config and credentials files with one profile for each account; return their paths."""
    config = "".join(
        f"[profile {name}]\nregion = {accounts.region}\nendpoint_url = {accounts.endpoint}\n\n"
        for name in accounts.operators
    )
    credentials = "".join(
        f"[{name}]\naws_access_key_id = {key.access_key_id}\naws_secret_access_key = {key.secret_access_key}\n\n"
        for name, key in accounts.operators.items()
    )
    config_file, credentials_file = folder / "config", folder / "credentials"
    write_private(config_file, config)
    write_private(credentials_file, credentials)
    return config_file, credentials_file


def ready_text(accounts: Accounts, config_file: Path, credentials_file: Path) -> str:
    """Return the ready file's JSON."""
    value = {
        "version": VERSION,
        "endpoint": accounts.endpoint,
        "pid": os.getpid(),
        "region": accounts.region,
        "config_file": str(config_file),
        "credentials_file": str(credentials_file),
        "accounts": {name: {"id": account_id, "profile": name} for name, account_id in accounts.names.items()},
    }
    return json.dumps(value, indent=2) + "\n"


def last_gateway_file() -> Path:
    """Return where this user's last started gateway left its ready file's text."""
    base = os.environ.get("XDG_STATE_HOME")
    root = Path(base) if base else Path.home() / ".local" / "state"
    return root / "crossgrant" / "last-gateway.json"


def read_ready(path: Path | None) -> ReadyGateway:
    """Read a ready file; without a path, that of the gateway that this user started last.

    Raises:
        NoGatewayError: there is none, or it is none of ours.

    """
    file = path or last_gateway_file()
    try:
        value: dict[str, Any] = json.loads(file.read_bytes())
        return ReadyGateway(
            endpoint=value["endpoint"],
            pid=value["pid"],
            region=value["region"],
            config_file=Path(value["config_file"]),
            credentials_file=Path(value["credentials_file"]),
            accounts={name: account["id"] for name, account in value["accounts"].items()},
        )
    except FileNotFoundError:
        what = f"`{file}` isn't there" if path else "you have started no gateway"
        raise NoGatewayError(what, help="start one with `crossgrant up`, or give its --ready-file") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise NoGatewayError(f"`{file}` is no ready file", help="give the --ready-file of `crossgrant up`") from None
