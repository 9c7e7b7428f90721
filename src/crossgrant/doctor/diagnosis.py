"""One root cause, or what is left: the tests of all causes, and what the text alone says, weighed.

1. A cause that AWS's text names comes first: it is AWS's word.
2. Else the first cause whose test finds it, in the order of `causes.TESTS`. A part that was read decides alone: no
   other side can allow what it denies.
3. Else, where a denial is reported and all was read, the only cause that is left open.
4. Else `healthy` where everything allows, or `undetermined` with what is possible and what is ruled out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from crossgrant.doctor.cause import Cause, Finding, Found, Grade, Open, RuledOut, catalogue
from crossgrant.doctor.causes import TESTS
from crossgrant.doctor.inquiry import Inquiry
from crossgrant.doctor.remedy import remedied
from crossgrant.evidence import NotRead, Role
from crossgrant.iam import Layer

DECISIVE = frozenset({Layer.PRINCIPAL, Layer.RESOURCE})
"""The layers without which nothing is called healthy."""
FRESH = 120
"""Seconds after a change in which a denial may still be its predecessor's."""

# Which links a policy type named in AWS's text can stand for.
LAYER_LINKS: Mapping[str, frozenset[str]] = {
    layer: frozenset(links.split())
    for layer, links in (
        (
            "identity-based policy",
            "caller-policy role-policy resource-policy session role table execution-role function",
        ),
        ("resource-based policy", "trust resource-policy role key"),
        ("role trust policy", "trust role"),
        ("permissions boundary", "boundary"),
        ("session policy", "session"),
        ("VPC endpoint policy", "sts"),
        ("service control policy", "organization"),
        ("resource control policy", "organization"),
    )
}


class Verdict(StrEnum):
    """What came of a question."""

    CAUSE = "cause"
    UNDETERMINED = "undetermined"
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The verdict of one question, with every cause's finding; `verified` tells what the fix did, if it was tried."""

    verdict: Verdict
    inquiry: Inquiry
    findings: Mapping[str, Finding]
    cause: Cause | None = None
    found: Found | None = None
    verified: bool | None = None
    note: str = ""

    @property
    def possible(self) -> tuple[str, ...]:
        """The causes that may hold."""
        return tuple(identifier for identifier, finding in self.findings.items() if isinstance(finding, Open))

    @property
    def ruled_out(self) -> tuple[str, ...]:
        """The causes that do not hold."""
        return tuple(identifier for identifier, finding in self.findings.items() if isinstance(finding, RuledOut))

    @property
    def unread(self) -> tuple[NotRead, ...]:
        """What would tell more, each once."""
        opened = (each for finding in self.findings.values() if isinstance(finding, Open) for each in finding.unread)
        return tuple(dict.fromkeys(opened))


def diagnose(inquiry: Inquiry, *, verify: bool = False) -> Diagnosis:
    """Return the root cause of `inquiry`'s denial; with `verify`, its fix is tried on the evidence."""
    findings = examine(inquiry)
    named = [identifier for identifier, finding in findings.items() if isinstance(finding, Found)]
    if not named and (only := _the_only_one_left(inquiry, findings)):
        open_finding = findings[only]
        assert isinstance(open_finding, Open)
        found = Found(
            f"{open_finding.why}; everything else allows the call, and it was denied",
            open_finding.at,
            fix=open_finding.fix,
        )
        findings, named = {**findings, only: found}, [only]
    if named:
        return _with_cause(inquiry, findings, named[0], verify=verify)
    if any(isinstance(finding, Open) for finding in findings.values()):
        return Diagnosis(Verdict.UNDETERMINED, inquiry, findings)
    if inquiry.evaluation and (
        unread := [each for layer, each in inquiry.evaluation.unread.items() if layer in DECISIVE]
    ):
        return Diagnosis(Verdict.UNDETERMINED, inquiry, findings, note=f"not read: {unread[0].reason}")
    if inquiry.evaluation is None or not inquiry.evaluation.allowed:
        return Diagnosis(
            Verdict.UNDETERMINED,
            inquiry,
            findings,
            note="the text does not tell which call of the chain failed"
            if inquiry.evaluation is None
            else "no cause of the catalogue explains it",
        )
    if inquiry.denied and not inquiry.at_once and (age := _age(inquiry)) is not None:
        found = Found(f"everything allows it now, and a role was made {age:.0f} seconds ago", "iam:GetRole CreateDate")
        return _with_cause(inquiry, {**findings, "F22": found}, "F22", verify=False)
    note = (
        "everything allows this call now; the error is older than a change, or of another call"
        if inquiry.denied
        else ""
    )
    return Diagnosis(Verdict.HEALTHY, inquiry, findings, note=note)


def examine(inquiry: Inquiry) -> dict[str, Finding]:
    """Return each cause's finding, the ones that the text names first."""
    layer = inquiry.parsed.layer
    links = LAYER_LINKS.get(layer or "")
    rows = catalogue()
    tested: dict[str, Finding] = {}
    for identifier, test in TESTS:
        excluded = links is not None and rows[identifier].link not in links
        tested[identifier] = RuledOut(f"the text names a {layer}") if excluded else test(inquiry)
    reported: dict[str, Finding] = {}
    for identifier, cause in rows.items():
        if cause.named_by(inquiry.parsed.plain):
            reported[identifier] = _reported(cause, tested.pop(identifier, None))
    return {**reported, **tested}


def _reported(cause: Cause, finding: Finding | None) -> Finding:
    """Return what a text that names a cause makes of its test's finding."""
    if isinstance(finding, Found):
        return finding
    if cause.like:
        return finding or Open(f"{', '.join(cause.like)} has the same text")
    return Found("the text says so", "the text", grade=Grade.REPORTED)


def _the_only_one_left(inquiry: Inquiry, findings: Mapping[str, Finding]) -> str | None:
    opened = {identifier: finding for identifier, finding in findings.items() if isinstance(finding, Open)}
    if not inquiry.denied or len(opened) != 1 or any(finding.unread for finding in opened.values()):
        return None
    return next(iter(opened))


def _with_cause(inquiry: Inquiry, findings: Mapping[str, Finding], identifier: str, *, verify: bool) -> Diagnosis:
    found = findings[identifier]
    assert isinstance(found, Found)
    verified = _verified(inquiry, identifier, found) if verify else None
    if inquiry.aws_word is not None:
        found = replace(found, grade=Grade.EVALUATED_BY_AWS)
    return Diagnosis(Verdict.CAUSE, inquiry, findings, catalogue()[identifier], found, verified)


def _verified(inquiry: Inquiry, identifier: str, found: Found) -> bool | None:
    """Return whether the cause is gone with its fix applied; None where there is nothing to apply."""
    changed = remedied(inquiry, found.fix) if found.fix else None
    if changed is None:
        return None
    asked = replace(changed, parsed=replace(changed.parsed, text="", plain="", layer=None, code=None))
    finding = examine(asked).get(identifier, RuledOut("the text named it"))
    return None if isinstance(finding, Open) else isinstance(finding, RuledOut)


def _age(inquiry: Inquiry) -> float | None:
    """Return how many seconds ago the younger role was made, if that is a moment ago."""
    made = [role.created for role in (inquiry.execution_role, inquiry.role) if isinstance(role, Role)]
    ages = [inquiry.now - each for each in made if isinstance(each, float)]
    return min(ages) if ages and 0 <= min(ages) < FRESH else None
