"""A fix in the grant file's own words: what it does not ask for yet, so that the next deployment grants it."""

from __future__ import annotations

from collections.abc import Mapping

from crossgrant.doctor.inquiry import Inquiry
from crossgrant.doctor.patch import pointer


def grant_patch(inquiry: Inquiry, cause: str) -> tuple[Mapping[str, object], ...]:
    """Return the patch (RFC 6902) of the grant file; empty where the file is right and the accounts differ from it."""
    expected = inquiry.expected
    if expected is None:
        return ()
    grant = ("grants", expected.grant)
    action, index = inquiry.action.partition(":")[2], (inquiry.parsed.resource or "").partition("/index/")[2]
    match cause:
        case "F33" | "F34" | "F37" | "F45" if action and action not in expected.actions:
            return ({"op": "replace", "path": pointer(*grant, "allow"), "value": [*expected.actions, action]},)
        case "F36" if index and index not in expected.indexes:
            return ({"op": "add", "path": pointer(*grant, "indexes"), "value": [*expected.indexes, index]},)
    return ()
