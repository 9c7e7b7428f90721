"""Where `why` and `doctor` get their evidence: files, profiles, the embedded accounts, of either side or both."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossgrant.errors import CrossgrantError

if TYPE_CHECKING:
    from crossgrant.doctor import Inquiry
    from crossgrant.evidence import AccountSnapshot, LiveAccount
    from crossgrant.evidence.live import Session
    from crossgrant.local.ready import ReadyGateway

CallerProfile = Annotated[str | None, typer.Option(metavar="NAME", help="The AWS profile of the caller's account (A).")]
OwnerProfile = Annotated[str | None, typer.Option(metavar="NAME", help="The AWS profile of the owner's account (B).")]
CallerFile = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Evidence of the caller: a dump, a transcript, a template, a plan."),
]
OwnerFile = Annotated[list[Path] | None, typer.Option(metavar="FILE", help="Evidence of the owner.")]
Embedded = Annotated[bool, typer.Option("--embedded", help="Read the embedded accounts of the running gateway.")]
SideOption = Annotated[str | None, typer.Option(metavar="caller|owner", help="Read only this side's account.")]
DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Sources:
    """What the command line says of the evidence."""

    caller_profile: str | None
    owner_profile: str | None
    caller_files: tuple[Path, ...]
    owner_files: tuple[Path, ...]
    embedded: bool
    ready_file: Path | None
    side: str | None = None

    def __post_init__(self) -> None:
        if self.side not in (None, "caller", "owner"):
            raise CrossgrantError(f"`{self.side}` is no side", help="it is `caller` or `owner`")

    @property
    def named(self) -> bool:
        """Whether any evidence is named."""
        return bool(self.caller_profile or self.owner_profile or self.caller_files or self.owner_files or self.embedded)

    def reads(self, side: str) -> bool:
        """Return whether a side's account is to be read."""
        return self.side in (None, side)


def now() -> float:
    """Return the time, in epoch seconds."""
    return time.time()


def from_files(paths: tuple[Path, ...], account_id: str) -> AccountSnapshot:
    """Return what a side's files tell together."""
    from crossgrant.evidence import NOTHING, merge, read_file  # noqa: PLC0415 - each command starts with what it needs

    return merge(tuple(read_file(path, account_id=account_id) for path in paths), NOTHING)


def read_live(inquiry: Inquiry, sources: Sources) -> Inquiry:
    """Return the question with what the live accounts say, read while a spinner turns."""
    from crossgrant.doctor.gather import gather  # noqa: PLC0415 - only live accounts need it

    caller, owner, region = _accounts(inquiry, sources)
    if caller is None and owner is None:
        return inquiry
    with _spinner("reading the accounts"):
        return gather(inquiry, caller, owner, region)


def _accounts(inquiry: Inquiry, sources: Sources) -> tuple[LiveAccount | None, LiveAccount | None, str]:
    from crossgrant.evidence import LiveAccount, profile_session  # noqa: PLC0415 - as above

    if sources.embedded:
        from crossgrant.local.ready import read_ready  # noqa: PLC0415 - as above

        gateway = read_ready(sources.ready_file)
        names = {
            "caller": inquiry.caller_id or inquiry.parsed.principal_account,
            "owner": inquiry.owner_id or inquiry.parsed.resource_account,
        }
        sides = {
            side: LiveAccount(embedded_session(gateway, name), f"the embedded account {name}")
            for side, number in names.items()
            if sources.reads(side) and (name := _embedded_name(gateway, side, number))
        }
        return sides.get("caller"), sides.get("owner"), gateway.region
    profiles = {"caller": sources.caller_profile, "owner": sources.owner_profile}
    live = {
        side: LiveAccount(profile_session(name), f"profile {name}")
        for side, name in profiles.items()
        if name and sources.reads(side)
    }
    region = next((each.session.region_name for each in live.values()), None)
    return live.get("caller"), live.get("owner"), region or DEFAULT_REGION


def _embedded_name(gateway: ReadyGateway, side: str, account_id: str | None) -> str | None:
    """Return the gateway's name of an account: by its id, else the one that is called as its side."""
    by_id = next((name for name, number in gateway.accounts.items() if number == account_id), None)
    return by_id or (side if side in gateway.accounts else None)


def embedded_session(gateway: ReadyGateway, account: str) -> Session:
    """Return a boto3 session of an embedded account's operator, whatever the environment says."""
    import boto3  # noqa: PLC0415 - 180 ms, and only live accounts need it
    from botocore.session import Session  # noqa: PLC0415 - as above

    os.environ["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1")))
    core = Session(profile=account)
    core.set_config_variable("config_file", str(gateway.config_file))
    core.set_config_variable("credentials_file", str(gateway.credentials_file))
    return boto3.Session(botocore_session=core)


@contextmanager
def _spinner(text: str) -> Iterator[None]:
    """Show on stderr that something is going on, where someone looks."""
    from rich.console import Console  # noqa: PLC0415 - as above

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(text):
        yield


def printer() -> Callable[[str, str], None]:
    """Return a function that prints one line in a style; plain where nobody looks, or under NO_COLOR."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return lambda text, _style: typer.echo(text)
    from rich.console import Console  # noqa: PLC0415 - 60 ms that a pipe need not pay

    console = Console(highlight=False, soft_wrap=True)
    return lambda text, style: console.print(text, style=style or None, markup=False)
