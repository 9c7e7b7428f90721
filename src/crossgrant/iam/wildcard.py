"""Wildcards: `*` is any run of characters, `?` any one; every other character is itself (rule 37).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

Text is given as tokens, so that a `*` that came from a variable or from `${*}` stays that character (rule 22).
Matching takes the leftmost place for each run between two stars and never goes back, so its cost stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from typing import NamedTuple, TypeAlias

from crossgrant.iam.remember import remember


class Wildcard(Enum):
    """A character with a meaning of its own."""

    STAR = "*"
    ANY = "?"


Token: TypeAlias = str | Wildcard
_SPECIAL = re.compile(r"([*?])")


class Glob(NamedTuple):
    """A pattern ready to match.

    `literal` is its text where it holds no wildcard, `beginning` what stands before its star where that is the end.
    """

    literal: str | None
    matches: Callable[[str], bool]
    beginning: str | None = None


def is_wild(text: str) -> bool:
    """Return whether `text` holds a wildcard."""
    return "*" in text or "?" in text


def tokens_of(text: str) -> tuple[Token, ...]:
    """Return `text` as literals and wildcards."""
    if not is_wild(text):
        return (text,)
    return tuple(Wildcard(part) if part in ("*", "?") else part for part in _SPECIAL.split(text) if part)


def glob(tokens: Iterable[Token]) -> Glob:
    """Return the pattern that `tokens` make."""
    tokens = tuple(tokens)
    if Wildcard.ANY in tokens:
        return Glob(None, _with_any_character(tokens))
    segments = [""]
    for token in tokens:
        if token is Wildcard.STAR:
            segments.append("")
        else:
            segments[-1] += str(token)
    if len(segments) == 1:
        literal = segments[0]
        return Glob(literal, lambda text: text == literal)
    beginning = segments[0] if not any(segments[1:]) else None
    return Glob(None, _with_stars(segments), beginning)


def _with_stars(segments: list[str]) -> Callable[[str], bool]:
    prefix, suffix = segments[0], segments[-1]
    middle = [segment for segment in segments[1:-1] if segment]
    shortest = sum(map(len, segments))
    if not middle and not suffix:
        return lambda text: text.startswith(prefix)

    def matches(text: str) -> bool:
        if len(text) < shortest or not text.startswith(prefix) or not text.endswith(suffix):
            return False
        start, end = len(prefix), len(text) - len(suffix)
        for segment in middle:
            found = text.find(segment, start, end)
            if found < 0:
                return False
            start = found + len(segment)
        return True

    return matches


def _with_any_character(tokens: tuple[Token, ...]) -> Callable[[str], bool]:
    return lambda text: _expression(tokens).fullmatch(text) is not None


@remember
def _expression(tokens: tuple[Token, ...]) -> re.Pattern[str]:
    """Return the expression of `tokens`; each run between stars is an atomic group, which is never tried again."""
    runs = [""]
    for token in tokens:
        if token is Wildcard.STAR:
            runs.append("")
        else:
            runs[-1] += "." if token is Wildcard.ANY else re.escape(str(token))
    first, *rest = runs
    if not rest:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{run})" for run in rest[:-1] if run)
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)
