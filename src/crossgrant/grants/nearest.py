"""The nearest known word to one that isn't known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the word of `known` that `word` was probably meant to be, or None."""
    spelled = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(word.casefold(), spelled, n=1, cutoff=0.6)
    return spelled[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the question that names the nearest known word, or None."""
    found = nearest(word, known)
    return None if found is None else f"did you mean `{found}`?"
