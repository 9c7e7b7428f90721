"""Spoil one part of the derived policies at a time, and see which of the story's steps end otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from crossgrant.demo.cast import Cast
from crossgrant.demo.impossible import ask_for_external_id, checks
from crossgrant.demo.mutations import Mutation, mutations
from crossgrant.demo.outcome import Failed, as_expected
from crossgrant.demo.perform import Performer
from crossgrant.demo.step import Call, Expected, Refused, Step
from crossgrant.demo.story import chapters
from crossgrant.errors import CrossgrantError


@dataclass(frozen=True, slots=True)
class Flipped:
    """A mutation, and the ids of the steps that ended otherwise under it."""

    mutation: Mutation
    steps: tuple[str, ...]


def prepare(cast: Cast, performer: Performer) -> None:
    """Bring the accounts to where the grant holds, and ask every step once: none may differ yet.

    Raises:
        CrossgrantError: a step differs although nothing is spoiled.

    """
    setting = [step for chapter in chapters(cast)[:3] for step in chapter.steps]
    different = list(_different(setting, performer))
    _must(performer, ask_for_external_id(cast))
    different += _different(checks(cast), performer)
    if different:
        raise CrossgrantError(f"before any mutation these steps differ: {', '.join(different)}")


def mutate(cast: Cast, performer: Performer) -> Iterator[Flipped]:
    """Yield what each mutation flips; the derived policy is back before the next."""
    for mutation in mutations(cast):
        _must(performer, mutation.spoil)
        steps = tuple(_different(checks(cast), performer))
        _must(performer, mutation.restore)
        yield Flipped(mutation, steps)


def _different(steps: Iterable[Step], performer: Performer) -> Iterator[str]:
    """Yield the ids of the steps that end otherwise than the story says, whichever side refuses."""
    for step in steps:
        if not as_expected(_by_either_side(step.expected), performer.perform(step.acts)):
            yield step.id


def _by_either_side(expected: Expected) -> Expected:
    return replace(expected, by=None) if isinstance(expected, Refused) else expected


def _must(performer: Performer, call: Call) -> None:
    outcome = performer.perform((call,))
    if isinstance(outcome, Failed):
        raise CrossgrantError(f"{call.service} {call.operation} failed: {outcome.code}: {outcome.message}")
