"""The statements that decided, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crossgrant.demo.decisions import Decision, Reason, Unmet
from crossgrant.demo.outcome import Failed, Outcome
from crossgrant.demo.statements import own_part
from crossgrant.demo.step import Layer

_HOPS = ("sts:AssumeRole", "dynamodb:GetItem")  # whose Allow is part of the story


def by(decisions: Iterable[Decision], outcome: Outcome) -> list[str]:
    """Return a line for each decision that made the outcome: the denial, or both hops of a read."""
    if isinstance(outcome, Failed):
        return [denial(each) for each in decisions if not each.allowed]
    return [permission(each) for each in decisions if each.action in _HOPS]


def denial(decision: Decision) -> str:
    """Return why a request was denied, and the condition that a statement lacked."""
    lines = [_silence(decision, each) if each.is_silence else _match(decision, each) for each in decision.reasons]
    return "; ".join([*lines, *(_unmet(each) for each in decision.unmet)])


def permission(decision: Decision) -> str:
    """Return the statements that allowed a request."""
    return f"{decision.action} allowed by " + " and ".join(_match(decision, each) for each in decision.reasons)


def item(value: Mapping[str, Any]) -> str:
    """Return an item as plain text: `{id: 123, total: 42.5}`."""
    fields = (f"{name}: {text}" for name, typed in value.items() for text in typed.values())
    return "{" + ", ".join(fields) + "}"


def _match(decision: Decision, reason: Reason) -> str:
    if reason.layer == Layer.RESOURCE:
        return f"{reason.sid} in the {reason.policy}"
    return f"{reason.sid} in {reason.policy} of {_identity(decision.caller)}"


def _silence(decision: Decision, reason: Reason) -> str:
    caller, asked = _identity(decision.caller), own_part(decision.resource)
    if reason.layer == Layer.RESOURCE:
        return f"no statement of the trust policy of {_identity(decision.resource)} allows {caller}"
    return f"no statement of the policies of {caller} allows {decision.action} on {asked}"


def _unmet(unmet: Unmet) -> str:
    expected, actual = (" or ".join(own_part(each) for each in values) for values in (unmet.expected, unmet.actual))
    return f"{unmet.key} must be {expected}, and is {actual or 'absent'}"


def _identity(arn: str) -> str:
    """Return the name of a user or role; a session goes by its role."""
    kind, _, name = own_part(arn).partition("/")
    return name.partition("/")[0] if kind == "assumed-role" else name.rpartition("/")[2]
