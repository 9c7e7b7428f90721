"""A diagnosis as JSON; the shape is stable."""

from __future__ import annotations

from typing import Any

from crossgrant.doctor.ask import commands_for
from crossgrant.doctor.chain import chain
from crossgrant.doctor.diagnosis import Diagnosis
from crossgrant.doctor.grant_patch import grant_patch
from crossgrant.doctor.warnings import warnings
from crossgrant.iam import evaluation_json


def report(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return what `crossgrant why --json` prints."""
    cause, found, parsed = diagnosis.cause, diagnosis.found, diagnosis.inquiry.parsed
    fix = found.fix if found else None
    return {
        "verdict": diagnosis.verdict.value,
        "cause": {
            "id": cause.id,
            "title": cause.title,
            "side": (found.side or cause.side).value,
            "grade": found.grade.value,
            "why": found.why,
            "at": found.at,
            "page": cause.page,
        }
        if cause and found
        else None,
        "ruled_out": list(diagnosis.ruled_out),
        "possible": list(diagnosis.possible),
        "parsed": {
            "action": parsed.action,
            "principal": parsed.principal,
            "resource": parsed.resource,
            "layer": parsed.layer,
            "authorization_id": parsed.authorization_id,
        },
        "fix": {
            "document": str(fix.target),
            "side": fix.target.side.value,
            "patch": list(fix.patch),
            "text": fix.text,
            "grant_patch": list(grant_patch(diagnosis.inquiry, cause.id)) if cause else [],
            "verified": diagnosis.verified,
        }
        if fix
        else None,
        "evaluation": _evaluation(diagnosis),
        "chain": [
            {
                "link": link.name,
                "title": link.title,
                "side": link.side.value,
                "status": link.status.value,
                "detail": link.detail,
                "causes": list(link.causes),
            }
            for link in chain(diagnosis)
        ],
        "warnings": [{"id": each.id, "why": each.why, "at": each.at} for each in warnings(diagnosis.inquiry)],
        "note": diagnosis.note,
        "commands": {side: list(commands) for side, commands in commands_for(diagnosis).items()},
    }


def _evaluation(diagnosis: Diagnosis) -> dict[str, Any] | None:
    """Return AWS's own evaluation where it gave one, else ours, in the same shape.

    What was not read stands in ours as allowing everything; `crossgrant` says what that is.
    """
    if diagnosis.inquiry.aws_word is not None:
        return dict(diagnosis.inquiry.aws_word)
    hop = diagnosis.inquiry.evaluation
    if hop is None:
        return None
    unread = {layer: each.reason for layer, each in hop.unread.items()}
    return evaluation_json(hop.request, hop.policies, hop.evaluation) | {"crossgrant": {"not_read": unread}}
