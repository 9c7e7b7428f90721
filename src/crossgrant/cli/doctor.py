"""`crossgrant doctor`: a declared grant held against both accounts before anything fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossgrant.cli.ready_file import ReadyFile
from crossgrant.cli.sides import (
    CallerFile,
    CallerProfile,
    Embedded,
    OwnerFile,
    OwnerProfile,
    SideOption,
    Sources,
    from_files,
    now,
    printer,
    read_live,
)
from crossgrant.errors import CrossgrantError

if TYPE_CHECKING:
    from crossgrant.doctor import Checkup, Inquiry
    from crossgrant.grants import Grant

EXIT = {"allow": 0, "deny": 1, "unknown": 3}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", help="Check a declared grant against both accounts: every link, drift, warnings.")(doctor)


def doctor(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="The grant file.")] = Path("crossgrant.yaml"),
    grant: Annotated[str | None, typer.Option(metavar="NAME", help="Only this grant.")] = None,
    caller_profile: CallerProfile = None,
    owner_profile: OwnerProfile = None,
    caller_file: CallerFile = None,
    owner_file: OwnerFile = None,
    embedded: Embedded = False,
    ready_file: ReadyFile = None,
    side: SideOption = None,
    expect: Annotated[
        str | None, typer.Option(metavar="allow|deny", help="Succeed only if the grant comes to this.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0.")] = False,
) -> None:
    """Examine every grant of the file, or one."""
    from crossgrant.cli.derive import read, selected  # noqa: PLC0415 - pydantic and YAML take their time

    if expect not in (None, "allow", "deny"):
        raise CrossgrantError(f"`{expect}` can't be expected", help="it is `allow` or `deny`")
    sources = Sources(
        caller_profile, owner_profile, tuple(caller_file or ()), tuple(owner_file or ()), embedded, ready_file, side
    )
    checkups = [_examined(each, sources) for each in selected(read(file), grant)]
    _print(checkups, str(file), as_json=as_json, as_sarif=as_sarif)
    raise typer.Exit(max(_code(each, expect) for each in checkups))


def _examined(grant: Grant, sources: Sources) -> Checkup:
    from dataclasses import replace  # noqa: PLC0415 - each command imports what it needs

    from crossgrant.doctor import check_up, expected_of, inquiries, with_evidence  # noqa: PLC0415 - as above

    if not sources.named:
        sources = replace(sources, caller_profile=grant.caller.profile, owner_profile=grant.owner.profile)
    expected = expected_of(grant)
    caller = from_files(sources.caller_files, expected.caller_id)
    owner = from_files(sources.owner_files, expected.owner_id)
    asked = inquiries(expected, tuple(f"dynamodb:{each}" for each in grant.actions), caller, owner, now())
    gathered: Inquiry = read_live(asked[-1], sources)
    if len(asked) > 1:
        gathered = read_live(replace(asked[0], caller=gathered.caller, owner=gathered.owner), sources)
    return check_up(expected, with_evidence(asked, gathered))


def _code(checkup: Checkup, expect: str | None) -> int:
    """Return the exit code of one grant: what it came to, or whether that was expected."""
    outcome = checkup.outcome.value
    if expect is None or outcome == "unknown":
        return EXIT[outcome]
    return 0 if outcome == expect else 1


def _print(checkups: list[Checkup], artifact: str, *, as_json: bool, as_sarif: bool) -> None:
    from crossgrant.doctor import Status, catalogue, sarif  # noqa: PLC0415 - as above
    from crossgrant.doctor.terminal import MARKS, link_lines  # noqa: PLC0415 - as above
    from crossgrant.evidence import commands  # noqa: PLC0415 - as above

    rows = catalogue()
    if as_json:
        typer.echo(json.dumps({"version": 1, "grants": [_report(each) for each in checkups]}, indent=2))
        return
    if as_sarif:
        causes = [
            (each.cause, each.found.why, each.found.at)
            for checkup in checkups
            for each in checkup.diagnoses
            if each.cause and each.found
        ]
        warned = [(rows[each.id], each.why, each.at) for checkup in checkups for each in checkup.warnings]
        typer.echo(json.dumps(sarif([*causes, *warned], artifact), indent=2))
        return
    show = printer()
    for checkup in checkups:
        show(f"{checkup.grant}: {checkup.outcome.value}", "bold")
        for link in checkup.links:
            for text, style in link_lines(link):
                show(text, style)
        for each in checkup.warnings:
            show(f"  {MARKS[Status.WARN][0]} {each.id} {rows[each.id].title}", MARKS[Status.WARN][1])
            show(f"      {each.why} ({each.at})", "")
        for side, asked in _to_ask(checkup).items():
            show(
                f"ask the {side}'s team for the output of this, which changes nothing; then --{side}-file {side}.txt:",
                "bold",
            )
            show(commands.script(asked, f"{side}.txt"), "cyan")


def _to_ask(checkup: Checkup) -> dict[str, list[str]]:
    """Return the read-only commands for the team of each side that was not read."""
    from crossgrant.doctor import commands_for  # noqa: PLC0415 - as above

    asked: dict[str, list[str]] = {}
    for diagnosis in checkup.diagnoses:
        for side, commands in commands_for(diagnosis).items():
            asked.setdefault(side, []).extend(each for each in commands if each not in asked.get(side, ()))
    return asked


def _report(checkup: Checkup) -> dict[str, Any]:
    from crossgrant.doctor import report  # noqa: PLC0415 - as above

    return {
        "grant": checkup.grant,
        "outcome": checkup.outcome.value,
        "checks": [
            {
                "link": each.name,
                "title": each.title,
                "side": each.side.value,
                "status": each.status.value,
                "detail": each.detail,
                "causes": list(each.causes),
            }
            for each in checkup.links
        ],
        "warnings": [{"id": each.id, "why": each.why, "at": each.at} for each in checkup.warnings],
        "commands": _to_ask(checkup),
        "diagnoses": [report(each) for each in checkup.diagnoses],
    }
