"""The results as the JSON that `crossgrant demo --json` prints; the shape is stable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crossgrant.demo.command import command
from crossgrant.demo.decisions import Decision
from crossgrant.demo.mutate import Flipped
from crossgrant.demo.outcome import Failed, Outcome, Succeeded
from crossgrant.demo.run import Result
from crossgrant.demo.step import Done, Expected, Refused
from crossgrant.demo.wire import plain


def story_report(results: Iterable[Result]) -> dict[str, Any]:
    """Return every step: the commands it equals, what was expected, what came, what decided."""
    steps = [
        {
            "id": result.step.id,
            "title": result.step.title,
            "commands": [command(act) for act in result.step.acts],
            "expected": _expected(result.step.expected),
            "got": _got(result.outcome),
            "decisions": [_decision(each) for each in result.decisions],
            "as_expected": result.as_expected,
        }
        for result in results
    ]
    return {"version": 1, "as_expected": all(step["as_expected"] for step in steps), "steps": steps}


def mutation_report(all_flipped: Iterable[Flipped]) -> dict[str, Any]:
    """Return every mutation and the steps that it flips."""
    rows = [
        {
            "id": each.mutation.id,
            "command": command(each.mutation.spoil),
            "flipped": list(each.steps),
        }
        for each in all_flipped
    ]
    return {"version": 1, "mutations": rows}


def _expected(expected: Expected) -> dict[str, Any]:
    match expected:
        case Done(value):
            return {"outcome": "done"} if value is None else {"outcome": "done", "value": plain(value)}
        case Refused(code, action, by):
            return {"outcome": "refused", "code": code, "action": action, "layer": by}


def _got(outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Succeeded(value):
            return {"outcome": "done"} if value is None else {"outcome": "done", "value": value}
        case Failed(code, message, action, by):
            return {"outcome": "refused", "code": code, "action": action, "layer": by, "message": message}


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "caller": decision.caller,
        "action": decision.action,
        "resource": decision.resource,
        "decision": decision.decision,
        "decided_by": [
            {
                "layer": reason.layer,
                "kind": "nothing_allows" if reason.is_silence else "matched",
                "policy": reason.policy,
                "pointer": reason.pointer,
                "sid": reason.sid,
            }
            for reason in decision.reasons
        ],
    }
