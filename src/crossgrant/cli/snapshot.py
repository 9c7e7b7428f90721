"""`crossgrant snapshot save FILE` and `load FILE`: one consistent copy of all state, while serving."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossgrant.cli.ready_file import ReadyFile

File = Annotated[Path, typer.Argument(help="The snapshot file.", metavar="FILE")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(no_args_is_help=True, help="Save all state of the running gateway to a file, or load it.")
    commands.command("save", help="Write one consistent copy of all state, while the gateway serves.")(save)
    commands.command("load", help="Put a snapshot in the place of all state; the operators' keys stay.")(load)
    app.add_typer(commands, name="snapshot")


def save(file: File, ready_file: ReadyFile = None) -> None:
    """Save by an operator's signed call."""
    from crossgrant.cli.operator_call import operator_call  # noqa: PLC0415 - botocore takes its time

    answer = operator_call(ready_file, "SaveSnapshot", {"Path": str(file.absolute())})
    typer.echo(f"saved {answer['Bytes']:,} bytes to {file}")


def load(file: File, ready_file: ReadyFile = None) -> None:
    """Load by an operator's signed call."""
    from crossgrant.cli.operator_call import operator_call  # noqa: PLC0415 - botocore takes its time

    operator_call(ready_file, "LoadSnapshot", {"Path": str(file.absolute())})
    typer.echo(f"loaded {file}")
