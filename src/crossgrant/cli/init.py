"""`crossgrant init`: a commented grant file and a function to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossgrant.errors import CrossgrantError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init", help="Write a commented grant file and a function to start from; never overwrites.")(init)


def init(folder: Annotated[Path, typer.Argument(help="Where to write.")] = Path()) -> None:
    """Write every file of the starter, or none."""
    from importlib import resources  # noqa: PLC0415 - the other commands start faster without it

    starter = Path(str(resources.files("crossgrant.grants") / "starter"))
    files = sorted(path.relative_to(starter) for path in starter.rglob("*") if path.suffix in {".yaml", ".py"})
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise CrossgrantError(
            f"`{folder / there[0]}` is there already", help="init never overwrites: name another folder"
        )
    for name in files:
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write((starter / name).read_bytes())
        except OSError as error:
            raise CrossgrantError(f"can't write `{path}`: {(error.strerror or str(error)).lower()}") from error
        typer.echo(f"wrote {path}")
    typer.echo(f"next: put your account ids into {folder / 'crossgrant.yaml'}, then `crossgrant derive`")
