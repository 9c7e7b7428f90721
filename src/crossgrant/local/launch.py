"""From options to a serving gateway, and from a signal to nothing left behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crossgrant.errors import CrossgrantError
from crossgrant.local.accounts import Accounts, Clock
from crossgrant.local.gateway.application import Application
from crossgrant.local.gateway.server import listening_socket, serve
from crossgrant.local.operators import install_operators, new_operator_keys, register_keys
from crossgrant.local.parent import ended
from crossgrant.local.ready import last_gateway_file, ready_text, write_private, write_profiles
from crossgrant.local.services.crossgrant_ import schema as crossgrant_schema
from crossgrant.local.services.dynamodb import schema as dynamodb_schema
from crossgrant.local.services.iam_ import schema as iam_schema
from crossgrant.local.services.iam_.identities import Identities
from crossgrant.local.services.lambda_ import schema as lambda_schema
from crossgrant.local.services.logs import schema as logs_schema
from crossgrant.local.services.sts import schema as sts_schema
from crossgrant.local.state import Database
from crossgrant.local.state.database import not_written

SCHEMAS = (
    crossgrant_schema.SCHEMA,
    iam_schema.SCHEMA,
    sts_schema.SCHEMA,
    dynamodb_schema.SCHEMA,
    lambda_schema.SCHEMA,
    logs_schema.SCHEMA,
)


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """What `crossgrant up` was asked for. `accounts` maps names to 12-digit ids."""

    accounts: dict[str, str]
    region: str
    port: int | None = None
    ready_file: Path | None = None
    credentials: Path | None = None
    state: Path | None = None
    parent_pid: int | None = None


def open_accounts(options: GatewayOptions) -> Accounts:
    """Open the state and return the embedded accounts in it.

    Raises:
        StateError: the state file can't be used.

    """
    database = Database.open(options.state, SCHEMAS)
    try:
        with database.transaction():
            names = crossgrant_schema.keep_accounts(database, options.accounts)
    except sqlite3.OperationalError as error:
        database.close()
        raise not_written(options.state, error) from None
    clock = Clock(advanced=crossgrant_schema.kept_clock(database))
    return Accounts(names, options.region, database, Identities(database), clock)


def run(options: GatewayOptions, announce: Callable[[Accounts], None]) -> None:
    """Serve until SIGTERM, Ctrl-C or the parent's end; `announce` is called when the socket accepts.

    Raises:
        CrossgrantError: a file that can't be used.
        OSError: the port is taken.

    """
    if options.ready_file is not None and not os.access(options.ready_file.parent, os.W_OK):
        raise CrossgrantError(f"`{options.ready_file}` can't be written", help="check its folder and rights")
    accounts = open_accounts(options)
    folder = Path(tempfile.mkdtemp(prefix="crossgrant-"))
    try:
        listener = listening_socket(options.port)
        host, port = listener.getsockname()[:2]
        accounts.endpoint = f"http://{host}:{port}"
        accounts.operators = new_operator_keys(accounts)
        with accounts.database.transaction():
            install_operators(accounts)
            if options.credentials is not None:
                register_keys(accounts, options.credentials)
        text = ready_text(accounts, *write_profiles(folder, accounts))

        def ready() -> None:
            _keep_last(text)
            announce(accounts)
            if options.ready_file is not None:  # last: who waits for it finds all the rest done
                write_private(options.ready_file, text)

        asyncio.run(_serve(accounts, options.parent_pid, listener, ready))
        _unpublish(text, options.ready_file)
    except sqlite3.OperationalError as error:
        raise not_written(options.state, error) from None
    finally:
        accounts.database.close()
        shutil.rmtree(folder, ignore_errors=True)


async def _serve(
    accounts: Accounts, parent_pid: int | None, listener: socket.socket, ready: Callable[[], None]
) -> None:
    watching = None if parent_pid is None else asyncio.create_task(_stop_with(parent_pid))
    await serve(Application(accounts), listener, ready)
    if watching is not None:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def _stop_with(parent_pid: int) -> None:
    import signal  # noqa: PLC0415 - wanted at the end alone

    await ended(parent_pid)
    os.kill(os.getpid(), signal.SIGTERM)


def _keep_last(text: str) -> None:
    last = last_gateway_file()
    with suppress(OSError):  # a home that can't be written only costs `down` its default
        last.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(last, text)


def _unpublish(text: str, ready_file: Path | None) -> None:
    for file in (ready_file, last_gateway_file()):
        with suppress(OSError):
            if file is not None and file.read_text(encoding="utf-8") == text:
                file.unlink()
