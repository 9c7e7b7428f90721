"""Three values, and a fourth for what can't be read.

True and False are known. None is open: it depends on context that isn't known. Unreadable carries a reason: in an
Allow it counts as unmatched, in a Deny as matched, so that it never allows and never disarms a Deny.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias


class Unreadable(Exception):  # noqa: N818 - a value at least as often as an exception
    """An operator or a value that can't be read, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Truth: TypeAlias = bool | None
Reading: TypeAlias = bool | Unreadable | None


def inverse(reading: Reading) -> Reading:
    """Return the reading of a negated operator."""
    return not reading if isinstance(reading, bool) else reading


def both(*truths: Truth) -> Truth:
    """Return whether all of `truths` hold."""
    if False in truths:
        return False
    return None if None in truths else True


def either(*truths: Truth) -> Truth:
    """Return whether one of `truths` holds."""
    if True in truths:
        return True
    return None if None in truths else False


def any_of(readings: Sequence[Reading]) -> Reading:
    """Return True where one holds; else what can't be read, what is open, False."""
    if True in readings:
        return True
    unreadable = [reading for reading in readings if isinstance(reading, Unreadable)]
    if unreadable:
        return unreadable[0]
    return None if None in readings else False


def all_of(readings: Sequence[Reading]) -> Reading:
    """Return False where one doesn't hold; else what can't be read, what is open, True."""
    return inverse(any_of([inverse(reading) for reading in readings]))
