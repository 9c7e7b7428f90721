"""`crossgrant exec ACCOUNT -- COMMAND`: run a command as an account's operator."""

from __future__ import annotations

import os
import shutil
from typing import Annotated

import typer

from crossgrant.cli.env import changes
from crossgrant.cli.ready_file import ReadyFile
from crossgrant.errors import CrossgrantError
from crossgrant.local.ready import read_ready


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "exec",
        help="Run a command as an account's operator: `crossgrant exec owner -- aws dynamodb list-tables`.",
        context_settings={"ignore_unknown_options": True},
    )(exec_)


def exec_(
    account: Annotated[str, typer.Argument(help="The account whose operator to be.")],
    command: Annotated[list[str], typer.Argument(help="The command and its arguments, after `--`.")],
    ready_file: ReadyFile = None,
) -> None:
    """Replace this process by the command."""
    added, removed = changes(read_ready(ready_file), account, os.environ)
    environment = {name: value for name, value in os.environ.items() if name not in removed} | added
    if shutil.which(command[0]) is None:
        raise CrossgrantError(f"`{command[0]}` is no command on PATH")
    os.execvpe(command[0], command, environment)  # noqa: S606 - the user's own command
