"""`crossgrant simulate`: ask the policy engine, one JSON line a question, or one question by options."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from crossgrant.errors import CrossgrantError
from crossgrant.iam.scenario import ScenarioError, answer, error_json, read_json, read_scenario, scenario_id

BAD_LINE, MISSED, UNDETERMINED = 2, 1, 3


class UsageError(CrossgrantError):
    """Options that can't be used together, or a file that can't be read."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate", help="Ask the policy engine: JSON Lines of scenarios, or one question by options.")(
        simulate
    )


def simulate(
    file: Annotated[str | None, typer.Argument(metavar="[FILE|-]", help="Scenarios, one JSON line each.")] = None,
    brief: Annotated[bool, typer.Option("--brief", help="Answer id, decision and decided_by only.")] = False,
    principal: Annotated[str | None, typer.Option(metavar="ARN|JSON", help="Who asks.")] = None,
    action: Annotated[str | None, typer.Option(metavar="SERVICE:NAME", help="For what.")] = None,
    resource: Annotated[str | None, typer.Option(metavar="ARN", help="On what; `*` for no resource.")] = None,
    context: Annotated[Path | None, typer.Option(metavar="FILE", help="Condition keys, a JSON object.")] = None,
    grants: Annotated[Path | None, typer.Option(metavar="FILE", help="Policies: those a grant file derives.")] = None,
    policies: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policies: JSON, as a scenario's `policies`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Print one answer a question; docs/scenarios.md has the format and the exit codes."""
    if file is not None:
        if principal or action or resource or context or grants or policies:
            raise UsageError("a file of scenarios and a question by options can't go together")
        raise typer.Exit(_answer_lines(file, brief=brief))
    if not (principal and action and resource):
        raise UsageError("expected a file of scenarios, or `--principal`, `--action` and `--resource`")
    if grants and policies:
        raise UsageError("`--grants` and `--policies` both give the policies", help="give one of them")
    who = read_json(principal) if principal.startswith("{") else principal
    line: dict[str, Any] = {"request": {"principal": who, "action": action, "resource": resource}}
    if context is not None:
        line["request"]["context"] = _read_object(context)
    if policies is not None:
        line["policies"] = _read_object(policies)
    if grants is not None:
        from crossgrant.cli.grant_policies import policies_of_grants  # noqa: PLC0415 - pydantic and YAML take their time

        line["policies"] = policies_of_grants(grants, who, resource)
    raise typer.Exit(_answer_question(line, brief=brief, as_json=as_json))


def _answer_lines(file: str, *, brief: bool) -> int:
    """Answer each line, in order and flushed; return the exit code."""
    seen: set[int] = set()
    with _opened(file) as stream:
        for number, line in _lines(stream):
            reply, code = _reply(line, number, brief=brief)
            seen.add(code)
            sys.stdout.write(json.dumps(reply, separators=(",", ":")) + "\n")
            sys.stdout.flush()
    return next((code for code in (BAD_LINE, MISSED, UNDETERMINED) if code in seen), 0)


def _reply(line: bytes, number: int, *, brief: bool) -> tuple[dict[str, Any], int]:
    """Return the answer to one line and what it means for the exit code."""
    identifier: str | int = number
    try:
        value = read_json(_text(line))
        identifier = scenario_id(value, number)
        reply, as_expected = answer(read_scenario(value, number), brief=brief)
    except ScenarioError as error:
        return error_json(identifier, error), BAD_LINE
    if as_expected is False:
        return reply, MISSED
    return reply, UNDETERMINED if reply["decision"] == "Unknown" and value.get("expected") != "Unknown" else 0


def _opened(file: str) -> BinaryIO:
    try:
        return sys.stdin.buffer if file == "-" else Path(file).open("rb")
    except OSError as error:
        raise UsageError(f"`{file}` can't be read: {error.strerror}") from None


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream, start=1):
        if line.strip():
            yield number, line


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError("InvalidJson", f"the line isn't UTF-8: byte {error.start}") from None


def _read_object(path: Path) -> dict[str, Any]:
    try:
        return read_json(_text(path.read_bytes()))
    except OSError as error:
        raise UsageError(f"`{path}` can't be read: {error.strerror}") from None


def _answer_question(line: dict[str, Any], *, brief: bool, as_json: bool) -> int:
    scenario = read_scenario(line, 1)
    reply, _ = answer(scenario, brief=brief)
    if as_json or brief:
        typer.echo(json.dumps(reply, indent=2))
    else:
        from crossgrant.cli.evaluation import print_evaluation  # noqa: PLC0415 - rich takes its time

        print_evaluation(scenario)
    return UNDETERMINED if reply["decision"] == "Unknown" else 0
