"""`crossgrant derive`: what a grant means, as both accounts' policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossgrant.errors import CrossgrantError

if TYPE_CHECKING:
    from rich.console import Console

    from crossgrant.grants import Derivation, Document, Grant, GrantFile, Role

GrantFilePath = Annotated[Path, typer.Argument(metavar="[FILE]", help="The grant file.")]
DEFAULT_FILE = Path("crossgrant.yaml")
_SIDES = ("caller", "owner")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("derive", help="Print both accounts' policies, role names and ARNs.")(derive)


def derive(
    file: GrantFilePath = DEFAULT_FILE,
    grant: Annotated[str | None, typer.Option(metavar="NAME", help="Only this grant.")] = None,
    side: Annotated[str | None, typer.Option(metavar="caller|owner", help="Only this account.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print what each grant of the file derives."""
    from crossgrant.grants import Side, report  # noqa: PLC0415 - pydantic and YAML take their time
    from crossgrant.grants import derive as derive_grant  # noqa: PLC0415 - as above

    sides = tuple(Side) if side is None else (Side(_known(side, _SIDES, "side")),)
    derivations = [derive_grant(each) for each in selected(read(file), grant)]
    if as_json:
        typer.echo(json.dumps({"version": 1, "grants": [report(each, sides) for each in derivations]}, indent=2))
        return
    from rich.console import Console  # noqa: PLC0415 - as above

    console = Console(highlight=False, soft_wrap=True)
    for each in derivations:
        for part in sides:
            _print_caller(console, each) if part is Side.CALLER else _print_owner(console, each)


def read(file: Path) -> GrantFile:
    """Return the grants of a file, as of now."""
    from datetime import UTC, datetime  # noqa: PLC0415 - as in `derive`

    from crossgrant.grants import load  # noqa: PLC0415 - as in `derive`

    return load(file, now=datetime.now(UTC))


def selected(file: GrantFile, name: str | None) -> tuple[Grant, ...]:
    """Return the one grant that is asked for, or all."""
    if name is None:
        return file.grants
    by_name = {grant.name: grant for grant in file.grants}
    return (by_name[_known(name, by_name, "grant")],)


def _known(word: str, known: Mapping[str, object] | tuple[str, ...], what: str) -> str:
    if word not in known:
        raise CrossgrantError(f"`{word}` is no {what}", help="it is one of " + ", ".join(f"`{each}`" for each in known))
    return word


def _print_caller(console: Console, derivation: Derivation) -> None:
    side = derivation.caller
    console.rule(f"[bold]{derivation.grant.name}[/] · caller (A) {side.account.id} {side.account.region}", align="left")
    console.print(f"function   {side.function_arn}")
    for name, value in side.environment.items():
        console.print(f"           {name}={value}", style="dim")
    _print_role(console, "execution role", side.execution_role)


def _print_owner(console: Console, derivation: Derivation) -> None:
    side = derivation.owner
    console.rule(f"[bold]{derivation.grant.name}[/] · owner (B) {side.account.id} {side.account.region}", align="left")
    console.print(f"table      {side.table_arn}")
    if side.role is not None:
        _print_role(console, "role", side.role)
    _print_document(console, "policy of the table", side.table_policy)
    _print_document(console, "to add to the policy of the encryption key", side.key_policy)


def _print_role(console: Console, what: str, role: Role) -> None:
    console.print(f"\n[bold]{what}[/]  {role.arn}" + ("" if role.trust_policy else "  (exists)"))
    _print_document(console, f"trust policy of {role.name}", role.trust_policy)
    _print_document(console, f"policy {role.policy_name} of {role.name}", role.policy)


def _print_document(console: Console, title: str, document: Document | None) -> None:
    if document is not None:
        console.print(f"\n[bold]{title}[/]")
        console.print_json(json.dumps(document.as_json()))
