"""`crossgrant demo`: the story on embedded accounts; `--mutate` spoils the derived policies."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", help="Watch a function be refused, be granted, and read another account's table.")(demo)


def demo(
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Spoil each derived statement and condition in turn.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the story on a gateway of its own; exit with 1 if a step differs."""
    from crossgrant.demo.play import play_mutations, play_story  # noqa: PLC0415 - boto3 takes its time

    as_expected, report = (play_mutations if mutate else play_story)(quiet=as_json)
    if as_json:
        typer.echo(json.dumps(report, indent=2))
    raise typer.Exit(0 if as_expected else 1)
