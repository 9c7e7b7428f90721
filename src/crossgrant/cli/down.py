"""`crossgrant down`: stop a gateway, and what it started."""

from __future__ import annotations

import typer

from crossgrant.cli.ready_file import ReadyFile
from crossgrant.local.ready import NoGatewayError, read_ready

_PATIENCE = 10.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("down", help="Stop the gateway that you started last, or that of --ready-file.")(down)


def down(ready_file: ReadyFile = None) -> None:
    """Ask the gateway to end, wait for it, and end it and its children if it doesn't."""
    import psutil  # noqa: PLC0415 - the other commands start faster without it

    gateway = read_ready(ready_file)
    ended = NoGatewayError("the gateway has already ended", help="start one with `crossgrant up`")
    try:
        process = psutil.Process(gateway.pid)
        ours = any("crossgrant" in part for part in process.cmdline())
        family = [process, *process.children(recursive=True)] if ours else []
        for each in family[:1]:
            each.terminate()
    except psutil.NoSuchProcess:
        raise ended from None
    if not family:
        raise ended
    _, alive = psutil.wait_procs(family, timeout=_PATIENCE)
    for each in alive:
        each.kill()
    typer.echo(f"stopped the gateway at {gateway.endpoint}")
