"""`crossgrant why`: a pasted error, and what both accounts say of it."""

from __future__ import annotations

import json
import sys
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
    from crossgrant.doctor import Diagnosis, Expected, Inquiry, ParsedError

EXIT = {"healthy": 0, "cause": 1, "undetermined": 3}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("why", help="Say why a call is denied: one cause, one fix, and which side must act.")(why)


def why(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT|-", help="The error, as it was shown; - reads it from stdin.")
    ] = None,
    caller_profile: CallerProfile = None,
    owner_profile: OwnerProfile = None,
    caller_file: CallerFile = None,
    owner_file: OwnerFile = None,
    embedded: Embedded = False,
    ready_file: ReadyFile = None,
    side: SideOption = None,
    grants: Annotated[Path | None, typer.Option(metavar="FILE", help="The grant file that says what is meant.")] = None,
    grant: Annotated[str | None, typer.Option(metavar="NAME", help="The grant of that file.")] = None,
    principal: Annotated[str | None, typer.Option(metavar="ARN", help="Who calls, where no text says it.")] = None,
    action: Annotated[
        str | None, typer.Option(metavar="ACTION", help="What is called, such as sts:AssumeRole.")
    ] = None,
    resource: Annotated[str | None, typer.Option(metavar="ARN", help="What it is called on.")] = None,
    authorization_id: Annotated[
        str | None, typer.Option(metavar="ID", help="Ask AWS for the details of this denial.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Try the fix on the evidence before printing it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0.")] = False,
    redact: Annotated[bool, typer.Option("--redact", help="Hide accounts, principals and ids, for a ticket.")] = False,
    permissions: Annotated[
        bool, typer.Option("--permissions", help="Print the least policy for reading each side, and stop.")
    ] = False,
) -> None:
    """Diagnose one denied call."""
    from crossgrant.doctor import diagnose  # noqa: PLC0415 - each command imports what it needs

    if permissions:
        _print_permissions()
        return
    if authorization_id and not (caller_profile or owner_profile):
        raise CrossgrantError("`--authorization-id` asks AWS", help="say as whom: --caller-profile or --owner-profile")
    sources = Sources(
        caller_profile, owner_profile, tuple(caller_file or ()), tuple(owner_file or ()), embedded, ready_file, side
    )
    parsed = _question(text, principal, action, resource, authorization_id)
    expected = _expected(grants, grant, parsed)
    inquiry = _inquiry(parsed, expected, sources, denied=text is not None or authorization_id is not None)
    inquiry = read_live(_with_aws_word(inquiry, sources), sources)
    diagnosis = diagnose(inquiry, verify=verify)
    _print(diagnosis, as_json=as_json, as_sarif=as_sarif, redact=redact, artifact=str(grants or "crossgrant.yaml"))
    raise typer.Exit(EXIT[diagnosis.verdict.value])


def _question(
    text: str | None, principal: str | None, action: str | None, resource: str | None, authorization_id: str | None
) -> ParsedError:
    """Return what is asked: the text's facts, the options' where they are given."""
    from dataclasses import replace  # noqa: PLC0415 - as above

    from crossgrant.doctor import ParsedError, parse_error  # noqa: PLC0415 - as above

    if text is None and not (principal and action and resource) and authorization_id is None:
        raise CrossgrantError(
            "nothing is asked",
            help="paste the error as TEXT, or pipe it in with `-`, or give --principal, --action and --resource",
        )
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    parsed = ParsedError() if text is None else parse_error(text.encode("utf-8", "replace").decode())
    given = ParsedError(principal=principal, action=action, resource=resource, authorization_id=authorization_id)
    return replace(given, text=parsed.text, plain=parsed.plain).filled(parsed).completed()


def _expected(file: Path | None, name: str | None, parsed: ParsedError) -> Expected | None:
    """Return what the grant file means: the grant named, the only one, or the one that the text is of."""
    if file is None:
        return None
    from crossgrant.cli.derive import read, selected  # noqa: PLC0415 - pydantic and YAML take their time
    from crossgrant.doctor import expected_of  # noqa: PLC0415 - as above

    candidates = [expected_of(each) for each in selected(read(file), name)]
    if len(candidates) == 1:
        return candidates[0]
    of = [
        each
        for each in candidates
        if {parsed.principal, parsed.resource} & {each.execution_session, each.role_arn, each.table_arn}
    ]
    if len(of) != 1:
        raise CrossgrantError(
            f"`{file}` has {len(candidates)} grants",
            help="say which with --grant: " + ", ".join(f"`{each.grant}`" for each in candidates),
        )
    return of[0]


def _inquiry(parsed: ParsedError, expected: Expected | None, sources: Sources, *, denied: bool) -> Inquiry:
    from crossgrant.doctor import Inquiry  # noqa: PLC0415 - as above

    caller_id = expected.caller_id if expected else parsed.principal_account or ""
    owner_id = expected.owner_id if expected else parsed.resource_account or ""
    caller, owner = from_files(sources.caller_files, caller_id), from_files(sources.owner_files, owner_id)
    return Inquiry(parsed, caller, owner, expected, now(), denied=denied, at_once=sources.embedded)


def _with_aws_word(inquiry: Inquiry, sources: Sources) -> Inquiry:
    """Ask AWS for its own evaluation, where the text has an authorization id and a profile can ask."""
    identifier = inquiry.parsed.authorization_id
    profile = sources.caller_profile or sources.owner_profile
    if not identifier or not profile:
        return inquiry
    from crossgrant.doctor import informed  # noqa: PLC0415 - as above
    from crossgrant.evidence import profile_session, read_authorization  # noqa: PLC0415 - as above

    return informed(
        inquiry, read_authorization(profile_session(profile), identifier, inquiry.parsed.authorization_region)
    )


def _print(diagnosis: Diagnosis, *, as_json: bool, as_sarif: bool, redact: bool, artifact: str) -> None:
    from crossgrant.doctor import redacted, redactor, report, sarif, strings  # noqa: PLC0415 - as above
    from crossgrant.doctor.terminal import lines  # noqa: PLC0415 - as above

    if not (as_json or as_sarif):
        shown = list(lines(diagnosis))
        hide = redactor(diagnosis.inquiry, (text for text, _ in shown)) if redact else str
        show = printer()
        for text, style in shown:
            show(hide(text), style)
        return
    value: Any = report(diagnosis)
    if as_sarif:
        cause, found = diagnosis.cause, diagnosis.found
        value = sarif([(cause, found.why, found.at)] if cause and found else [], artifact)
    typer.echo(json.dumps(redacted(value, redactor(diagnosis.inquiry, strings(value))) if redact else value, indent=2))


def _print_permissions() -> None:
    from crossgrant.evidence import read_only_policy  # noqa: PLC0415 - as above

    typer.echo(json.dumps({side: read_only_policy(side) for side in ("caller", "owner")}, indent=2))
