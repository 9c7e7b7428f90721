"""What the gateway decided, asked of its operator call ListDecisions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crossgrant.demo.perform import OPERATOR, Performer
from crossgrant.demo.step import Layer

_LIMIT = 20  # requests; one step makes fewer


@dataclass(frozen=True, slots=True)
class Reason:
    """A statement that decided, or a layer in which no statement allows."""

    layer: str
    policy: str | None
    pointer: str | None
    sid: str | None

    @property
    def is_silence(self) -> bool:
        """Whether nothing allowed, rather than something matched."""
        return self.policy is None


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition that didn't hold, in a statement that names the action."""

    key: str
    expected: tuple[str, ...]
    actual: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of IAM: who asked for what, and why the answer is what it is."""

    caller: str
    action: str
    resource: str
    decision: str
    reasons: tuple[Reason, ...]
    unmet: tuple[Unmet, ...]

    @property
    def allowed(self) -> bool:
        """Whether the request was allowed."""
        return self.decision == "Allow"

    @property
    def layer(self) -> Layer | None:
        """The layer of the first reason, where the story knows it."""
        known = {layer.value: layer for layer in Layer}
        return known.get(self.reasons[0].layer) if self.reasons else None


@dataclass(slots=True)
class DecisionLog:
    """The gateway's decisions, each told once."""

    performer: Performer
    _told: set[str] = field(default_factory=set)

    def since_last_time(self) -> tuple[Decision, ...]:
        """Return the decisions that were made since the last call, oldest first."""
        answer = self.performer.operate(OPERATOR, "ListDecisions", {"Limit": _LIMIT, "Trace": True})
        new = [each for each in answer["Requests"] if each["RequestId"] not in self._told]
        self._told.update(each["RequestId"] for each in new)
        return tuple(
            _decision(request, decision)
            for request in new
            if request["Service"] != "crossgrant"
            for decision in request["Decisions"]
        )


def _decision(request: Mapping[str, Any], decision: Mapping[str, Any]) -> Decision:
    return Decision(
        caller=request["Caller"],
        action=decision["Action"],
        resource=decision["Resource"],
        decision=decision["Decision"],
        reasons=tuple(
            Reason(each["Layer"], each.get("Policy"), each.get("Pointer"), each.get("Sid"))
            for each in decision.get("DecidedBy", ())
        ),
        unmet=tuple(
            Unmet(each["key"], tuple(each["expected"]), tuple(each["actual"] or ()))
            for each in json.loads(decision.get("Conditions", "[]"))
            if each["matched"] is False
        ),
    )
