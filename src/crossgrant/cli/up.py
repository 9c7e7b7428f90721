"""`crossgrant up`: serve the embedded accounts."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossgrant.errors import CrossgrantError

if TYPE_CHECKING:
    from crossgrant.local.accounts import Accounts

_PAIR = re.compile(r"([A-Za-z0-9_-]{1,64})=(\d{12})")
_DEFAULT = "caller=111111111111,owner=222222222222"
_START_LIMIT = 20.0


class UsageError(CrossgrantError):
    """Options that can't be used together, or not so."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up", help="Serve embedded AWS accounts that really enforce IAM, on 127.0.0.1.")(up)


def up(
    accounts: Annotated[
        str | None, typer.Option(help=f"Accounts to embed, NAME=ID,…  [default: {_DEFAULT}]", metavar="NAME=ID,…")
    ] = None,
    grants: Annotated[Path | None, typer.Option(help="A grant file that names the accounts.", metavar="FILE")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; by default 4577, or a free one if that is taken.")
    ] = None,
    region: Annotated[str, typer.Option(help="The profiles' region; every region is served.")] = "us-east-1",
    ready_file: Annotated[Path | None, typer.Option(help="Written when the socket accepts.", metavar="PATH")] = None,
    credentials: Annotated[
        Path | None, typer.Option(help="Extra access keys, a JSON list (mode 0600).", metavar="FILE")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="Keep all state in this file; by default it is in memory.", metavar="FILE")
    ] = None,
    parent_pid: Annotated[int | None, typer.Option(help="End when this process ends.", metavar="PID")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return when the gateway accepts requests.")] = False,
) -> None:
    """Serve until Ctrl-C, SIGTERM or `crossgrant down`."""
    if accounts is not None and grants is not None:
        raise UsageError("`--accounts` and `--grants` both name the accounts", help="give one of them")
    named = _accounts_of_grants(grants) if grants is not None else parse_accounts(accounts or _DEFAULT)
    if detach:
        _detached(ready_file)
        return
    from crossgrant.local.launch import GatewayOptions, run  # noqa: PLC0415 - the other commands start faster without it

    options = GatewayOptions(named, region, port, ready_file, credentials, state, parent_pid)
    try:
        run(options, _announce)
    except OSError as error:
        raise UsageError(
            f"port {port} can't be used: {error.strerror}", help="leave --port out for a free one"
        ) from None


def parse_accounts(text: str) -> dict[str, str]:
    """Return the accounts that `NAME=ID,…` names.

    Raises:
        UsageError: a pair isn't of that form, or a name or id stands twice.

    """
    pairs = [part.strip() for part in text.split(",") if part.strip()]
    names: dict[str, str] = {}
    for pair in pairs:
        match = _PAIR.fullmatch(pair)
        if match is None:
            raise UsageError(f"`{pair}` is no account", help="write NAME=ID with the id's 12 digits")
        name, account_id = match.groups()
        if name in names or account_id in names.values():
            raise UsageError(f"`{pair}` repeats a name or an id", help="each account has one name and one id")
        names[name] = account_id
    if not names:
        raise UsageError("no account is named", help="write NAME=ID with the id's 12 digits")
    return names


def _accounts_of_grants(path: Path) -> dict[str, str]:
    from crossgrant.grants import load  # noqa: PLC0415 - pydantic and YAML, wanted here alone

    return {name: account.id for name, account in load(path, now=datetime.now(UTC)).accounts.items()}


def _announce(accounts: Accounts) -> None:
    lines = [f"crossgrant serves {len(accounts.names)} accounts at {accounts.endpoint}"]
    lines += [f"  {account_id}  {name}" for name, account_id in accounts.names.items()]
    lines += ['use it:   eval "$(crossgrant env)"    or    crossgrant exec ACCOUNT -- aws dynamodb list-tables']
    lines += ["stop it:  Ctrl-C, or crossgrant down"]
    typer.echo("\n".join(lines))
    sys.stdout.flush()


def _detached(ready_file: Path | None) -> None:
    """Start the same command as a process of its own, and return when its socket accepts."""
    folder = Path(tempfile.mkdtemp(prefix="crossgrant-up-"))
    ready = ready_file or folder / "ready.json"
    ready.unlink(missing_ok=True)
    arguments = [argument for argument in sys.argv[1:] if argument != "--detach"]
    if ready_file is None:
        arguments += ["--ready-file", str(ready)]
    log = folder / "log"
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "crossgrant", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_LIMIT
    while not ready.exists():
        code = child.poll()
        if code is not None or time.monotonic() > deadline:
            child.kill()
            typer.echo(log.read_text(encoding="utf-8", errors="replace"), err=True, nl=False)
            raise typer.Exit(code or 2)
        time.sleep(0.01)
    typer.echo(log.read_text(encoding="utf-8", errors="replace"), nl=False)
