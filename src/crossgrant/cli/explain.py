"""`crossgrant explain`: the long form of one cause, or the list of all."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from crossgrant.errors import CrossgrantError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain", help="Explain a cause that `why` names: `crossgrant explain F07`.")(explain)


def explain(
    cause: Annotated[str | None, typer.Argument(metavar="[ID]", help="The cause; without it all are listed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print what a cause is, how it shows, what mends it, and AWS's page."""
    from crossgrant.doctor import TESTS, catalogue  # noqa: PLC0415 - each command imports what it needs

    rows = catalogue()
    if cause is None:
        listed = [{"id": each.id, "title": each.title, "side": each.side.value} for each in rows.values()]
        typer.echo(
            json.dumps(listed, indent=2) if as_json else "\n".join(f"{each['id']:4} {each['title']}" for each in listed)
        )
        return
    found = rows.get(cause.upper())
    if found is None:
        raise CrossgrantError(f"`{cause}` is no cause", help="`crossgrant explain` lists them")
    tested = {identifier for identifier, _ in TESTS}
    told = "the text" if found.patterns else ""
    told = (
        " and ".join(filter(None, (told, "both accounts' policies" if found.id in tested or found.warning else "")))
        or "this page alone"
    )
    sharing = [
        each.id
        for each in rows.values()
        if found.id in (each.id, each.shares) or (found.shares and found.shares in (each.id, each.shares))
    ]
    value = {
        "id": found.id,
        "title": found.title,
        "side": found.side.value,
        "symptom": found.symptom,
        "same_text": [each for each in sharing if each != found.id],
        "meaning": found.meaning,
        "fix": found.fix,
        "told_from": told,
        "page": found.page,
    }
    if as_json:
        typer.echo(json.dumps(value, indent=2))
        return
    typer.echo(f"{found.id}  {found.title}\n")
    for name, label in (
        ("symptom", "you see"),
        ("meaning", "because"),
        ("fix", "do"),
        ("side", "who acts"),
        ("told_from", "told from"),
        ("page", "page"),
    ):
        if value[name]:
            typer.echo(f"{label:10} {value[name]}")
    if value["same_text"]:
        typer.echo(f"{'same text':10} {', '.join(value['same_text'])}: `crossgrant why` tells them apart")
