"""A diagnosis for people: the chain with its broken link, the cause, the fix, who must act, AWS's page."""

from __future__ import annotations

import json
from collections.abc import Iterator

from crossgrant.doctor.ask import commands_for
from crossgrant.doctor.cause import Side, catalogue
from crossgrant.doctor.chain import Link, Status, chain
from crossgrant.doctor.diagnosis import Diagnosis, Verdict
from crossgrant.doctor.grant_patch import grant_patch
from crossgrant.doctor.warnings import warnings
from crossgrant.evidence import commands

MARKS = {
    Status.PASS: ("✓", "green"),
    Status.FAIL: ("✗", "bold red"),
    Status.WARN: ("!", "yellow"),
    Status.UNKNOWN: ("?", "yellow"),
    Status.SKIPPED: ("·", "dim"),
}
SIDES = {Side.CALLER: "caller (A)", Side.OWNER: "owner (B) ", Side.BOTH: "A and B   "}

Line = tuple[str, str]
"""A text and its style."""


def lines(diagnosis: Diagnosis) -> Iterator[Line]:
    """Yield what `crossgrant why` shows, a line and its style at a time."""
    parsed = diagnosis.inquiry.parsed
    yield f"{parsed.principal or 'someone'}", "bold"
    yield f"  {parsed.action or 'an unknown action'} on {parsed.resource or 'an unknown resource'}", ""
    yield "", ""
    for link in chain(diagnosis):
        yield from link_lines(link)
    yield "", ""
    match diagnosis.verdict:
        case Verdict.CAUSE:
            yield from _cause(diagnosis)
        case Verdict.UNDETERMINED:
            yield from _undetermined(diagnosis)
        case Verdict.HEALTHY:
            yield "healthy: everything that the call needs allows it", "bold green"
    if diagnosis.note and diagnosis.verdict is Verdict.HEALTHY:
        yield diagnosis.note, ""
    for each in warnings(diagnosis.inquiry):
        yield f"also: {each.id} {catalogue()[each.id].title} ({each.at})", "yellow"


def link_lines(link: Link) -> Iterator[Line]:
    """Yield one link of the chain."""
    mark, style = MARKS[link.status]
    told = f"  {', '.join(link.causes)}" if link.status in (Status.FAIL, Status.UNKNOWN) and link.causes else ""
    yield f"  {SIDES[link.side]}  {mark} {link.title}{told}", style
    if link.detail and link.status in (Status.FAIL, Status.WARN, Status.UNKNOWN):
        yield f"                {link.detail}", style


def _cause(diagnosis: Diagnosis) -> Iterator[Line]:
    cause, found = diagnosis.cause, diagnosis.found
    assert cause
    assert found
    yield f"{cause.id}  {cause.title}", "bold red"
    yield f"  {found.why}", ""
    if found.at:
        yield f"  decided by    {found.at}", ""
    yield f"  who must act  {(found.side or cause.side).value}", "bold"
    if found.fix is None:
        yield f"  fix           {cause.fix}", ""
    else:
        yield f"  fix           {found.fix.text}", ""
        if found.fix.patch:
            yield f"                in the {found.fix.target}:", ""
            yield from ((f"    {each}", "cyan") for each in json.dumps(list(found.fix.patch), indent=2).splitlines())
        for operation in grant_patch(diagnosis.inquiry, cause.id):
            yield f"                and in the grant file: {json.dumps(operation)}", "cyan"
    if diagnosis.verified is not None:
        told = "with this fix the cause is gone" if diagnosis.verified else "this fix alone is not enough"
        yield f"  verified      {told}", ""
    yield f"  known from    {found.grade.value}", "dim"
    yield f"  page          {cause.page}", "dim"


def _undetermined(diagnosis: Diagnosis) -> Iterator[Line]:
    if diagnosis.possible:
        yield "undetermined: what was read does not tell the causes that are left apart", "bold yellow"
        yield f"  possible   {', '.join(diagnosis.possible)}   (`crossgrant explain {diagnosis.possible[0]}`)", ""
        yield f"  ruled out  {', '.join(diagnosis.ruled_out)}", "dim"
    else:
        yield f"undetermined: {diagnosis.note}", "bold yellow"
        if diagnosis.inquiry.evaluation is None:
            yield "  paste the whole error, or say --principal, --action and --resource, or which --grants it is of", ""
    for unread in diagnosis.unread:
        yield f"  not read   {unread.reason}", "dim"
    for side, asked in commands_for(diagnosis).items():
        yield "", ""
        yield (
            f"ask the {side}'s team for the output of this, which changes nothing; then --{side}-file {side}.txt:",
            "bold",
        )
        yield from ((each, "cyan") for each in commands.script(asked, f"{side}.txt").splitlines())
