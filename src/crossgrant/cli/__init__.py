"""The command line: parse, call, print. One module a command; nobody imports this room."""

from __future__ import annotations

import sys

import typer

from crossgrant import __version__
from crossgrant.cli import clock, derive, down, env, exec_, init, snapshot, up
from crossgrant.errors import CrossgrantError

# Help stands in the order of a first hour with the tool.
COMMANDS = (
    init,
    derive,
    up,
    env,
    exec_,
    clock,
    snapshot,
    down,
)

app = typer.Typer(
    name="crossgrant",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A Lambda function in one AWS account reads a DynamoDB table in another: one declared grant.",
)
for command in COMMANDS:
    command.register(app)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"crossgrant {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, help="Print the version."),
) -> None:
    """A Lambda function in one AWS account reads a DynamoDB table in another: one declared grant."""


def main() -> None:
    """Run the command line; a CrossgrantError becomes one clear message and exit code 2."""
    try:
        app()
    except CrossgrantError as error:
        typer.echo(error.describe(), err=True)
        sys.exit(2)
