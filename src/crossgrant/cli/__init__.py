"""The command line: parse, call, print. One module a command; nobody imports this room.

Only the module of the command asked for is imported, so that each starts as fast as it can alone.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from crossgrant import __version__
from crossgrant.errors import CrossgrantError

# Help stands in the order of a first hour with the tool.
COMMANDS = {
    "demo": "crossgrant.cli.demo",
    "init": "crossgrant.cli.init",
    "derive": "crossgrant.cli.derive",
    "simulate": "crossgrant.cli.simulate",
    "actions": "crossgrant.cli.actions",
    "why": "crossgrant.cli.why",
    "explain": "crossgrant.cli.explain",
    "doctor": "crossgrant.cli.doctor",
    "up": "crossgrant.cli.up",
    "env": "crossgrant.cli.env",
    "exec": "crossgrant.cli.exec_",
    "clock": "crossgrant.cli.clock",
    "snapshot": "crossgrant.cli.snapshot",
    "table": "crossgrant.cli.table",
    "down": "crossgrant.cli.down",
}


def build(arguments: list[str]) -> typer.Typer:
    """Return the application with the command that the arguments name, or with all of them."""
    app = typer.Typer(
        name="crossgrant",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="A Lambda function in one AWS account reads a DynamoDB table in another: one declared grant.",
    )
    app.callback()(_root)
    asked = arguments[0] if arguments else ""
    for name, module in COMMANDS.items():
        if asked == name or asked not in COMMANDS:
            import_module(module).register(app)
    return app


def _version(value: bool) -> None:
    if value:
        typer.echo(f"crossgrant {__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(False, "--version", callback=_version, help="Print the version."),
) -> None:
    """A Lambda function in one AWS account reads a DynamoDB table in another: one declared grant."""


def main() -> None:
    """Run the command line; a CrossgrantError becomes one clear message and exit code 2."""
    try:
        build(sys.argv[1:])()
    except CrossgrantError as error:
        typer.echo(error.describe(), err=True)
        sys.exit(2)
