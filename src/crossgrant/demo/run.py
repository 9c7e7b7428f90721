"""Run the story: perform each step, ask the gateway what decided, compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from crossgrant.demo.decisions import Decision, DecisionLog
from crossgrant.demo.outcome import Failed, Outcome, as_expected
from crossgrant.demo.perform import Performer
from crossgrant.demo.step import Step


@dataclass(frozen=True, slots=True)
class Result:
    """What one step ended in, the decisions that it met, and whether this is what the story says."""

    step: Step
    outcome: Outcome
    decisions: tuple[Decision, ...]
    as_expected: bool


def run(steps: Iterable[Step], performer: Performer, log: DecisionLog) -> Iterator[Result]:
    """Perform steps in order; yield each result as soon as it is there."""
    for step in steps:
        outcome = performer.perform(step.acts)
        decisions = log.since_last_time()
        if isinstance(outcome, Failed) and outcome.action is not None:
            denials = [each for each in decisions if not each.allowed and each.action == outcome.action]
            decisions = tuple(denials[-1:])
            outcome = replace(outcome, by=decisions[0].layer if decisions else None)
        yield Result(step, outcome, decisions, as_expected(step.expected, outcome))
