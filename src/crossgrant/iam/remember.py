"""A cache of bounded memory: long arguments are worked out anew."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TypeVar

A = TypeVar("A", bound=Hashable)
R = TypeVar("R")
REMEMBERED = 4096
LONGEST_TEXT, MOST_TOKENS = 512, 32


def remember(function: Callable[[A], R]) -> Callable[[A], R]:
    """Keep the latest results of a function of one text, or of one tuple of tokens."""
    remembering = lru_cache(maxsize=REMEMBERED)(function)

    @wraps(function)
    def call(argument: A) -> R:
        return remembering(argument) if _is_short(argument) else function(argument)

    return call


def _is_short(argument: Hashable) -> bool:
    if isinstance(argument, str):
        return len(argument) <= LONGEST_TEXT
    assert isinstance(argument, tuple), "a text, or a tuple of tokens"
    return len(argument) <= MOST_TOKENS and all(
        not isinstance(token, str) or len(token) <= LONGEST_TEXT for token in argument
    )
