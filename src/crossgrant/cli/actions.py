"""`crossgrant actions`: what the service reference knows of an action, or the decisions that a call needs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossgrant.errors import CrossgrantError

if TYPE_CHECKING:
    from crossgrant.reference import Action

_PREFIXES_SHOWN = 5


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("actions", help="Print what the service reference knows: `crossgrant actions 'dynamodb:Get*'`.")(
        actions
    )


def actions(
    pattern: Annotated[str, typer.Argument(metavar="SERVICE:NAME", help="An action, or a pattern with `*` and `?`.")],
    call: Annotated[
        Path | None, typer.Option("--input", metavar="FILE", help="The input of one API call: print what it needs.")
    ] = None,
    account: Annotated[str, typer.Option(help="The account that calls, with --input.")] = "111111111111",
    region: Annotated[str, typer.Option(help="Where it calls, with --input.")] = "us-east-1",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the actions that a pattern means: access level, resource types, condition keys.

    With --input the name is an API call's, and what is printed are the actions and resources that it is decided on.
    """
    if call is not None:
        _print_accesses(pattern, call, account, region, as_json=as_json)
        return
    from crossgrant.reference import find_actions  # noqa: PLC0415 - the other commands start faster without it

    found = find_actions(pattern)
    if not found:
        raise CrossgrantError(f"no action is named `{pattern}`", help=_advice(pattern))
    if as_json:
        typer.echo(json.dumps([asdict(action) for action in found], indent=2))
        return
    for action in found:
        _print(action)


def _print_accesses(call: str, file: Path, account: str, region: str, *, as_json: bool) -> None:
    from crossgrant.reference import Place, accesses  # noqa: PLC0415 - as above

    try:
        parameters = json.loads(file.read_bytes())
    except OSError as error:
        raise CrossgrantError(f"`{file}` can't be read: {error.strerror}") from None
    except ValueError as error:
        raise CrossgrantError(f"`{file}` is no JSON: {error}") from None
    if not isinstance(parameters, dict):
        raise CrossgrantError(f"`{file}` holds no JSON object", help="write the input as `--cli-input-json` takes it")
    service, _, operation = call.partition(":")
    needed = accesses(service, operation, parameters, Place(account, region))
    if needed is None:
        raise CrossgrantError(f"what `{call}` needs isn't known", help="name a call of dynamodb, lambda or sts")
    if as_json:
        typer.echo(json.dumps([access._asdict() for access in needed], indent=2))
        return
    for access in needed:
        typer.echo(f"{access.action}  on  {access.resource}")


def _advice(pattern: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - as above

    from crossgrant.reference import find_actions, prefixes  # noqa: PLC0415 - as above

    prefix = pattern.partition(":")[0].lower()
    if prefix not in prefixes():
        near = get_close_matches(prefix, prefixes(), n=_PREFIXES_SHOWN) or ["dynamodb", "sts", "lambda"]
        return "a service's prefix comes first: " + ", ".join(f"`{each}`" for each in near)
    names = [action.name for action in find_actions(f"{prefix}:*")]
    near = get_close_matches(pattern, names, n=1) or names[:1]
    return f"did you mean `{near[0]}`?"


def _print(action: Action) -> None:
    typer.echo(f"{action.name}  [{action.access_level}]")
    typer.echo(f"  {action.description}")
    on = [f"{each.name}{' (required)' if each.required else ''}" for each in action.resources]
    typer.echo(f"  on    {', '.join(on) or 'no resource: Resource must be `*`'}")
    keys = dict.fromkeys((*action.condition_keys, *(key for each in action.resources for key in each.condition_keys)))
    if keys:
        typer.echo(f"  keys  {', '.join(keys)}")
    needed = dict.fromkeys(
        (*action.dependent_actions, *(each for on in action.resources for each in on.dependent_actions))
    )
    if needed:
        typer.echo(f"  needs {', '.join(needed)}")
