"""ARN patterns: six parts, each with its own wildcards (rules 31 and 36).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from crossgrant.iam.arn import PARTS
from crossgrant.iam.remember import remember
from crossgrant.iam.wildcard import Glob, Token, Wildcard, glob


class ArnPattern(NamedTuple):
    """A pattern ready to match; `literal` is its text where it holds no wildcard."""

    literal: str | None
    matches: Callable[[str, Sequence[str] | None], bool]


@remember
def arn_pattern(tokens: tuple[Token, ...]) -> ArnPattern | None:
    """Return the pattern that `tokens` make, or None where they make fewer than six parts.

    A lone `*` is everything. Wildcards stay within their part: the last one holds whatever colons are left.
    """
    if tokens == (Wildcard.STAR,):
        return ArnPattern(None, lambda _text, _parts: True)
    parts = _split(tokens)
    if len(parts) < PARTS:
        return None
    globs = [glob(part) for part in parts]
    literals = [each.literal for each in globs]
    if None not in literals:
        literal = ":".join(text or "" for text in literals)
        return ArnPattern(literal, lambda text, _parts: text == literal)
    if None not in literals[:-1]:
        head = ":".join(text or "" for text in literals[:-1]) + ":"
        return ArnPattern(None, _with_literal_head(head, globs[-1]))
    return ArnPattern(None, _in_six_parts(globs))


def _with_literal_head(head: str, last: Glob) -> Callable[[str, Sequence[str] | None], bool]:
    size, matches = len(head), last.matches
    return lambda text, _parts: text.startswith(head) and matches(text[size:])


def _in_six_parts(globs: list[Glob]) -> Callable[[str, Sequence[str] | None], bool]:
    matchers = [each.matches for each in globs]
    return lambda _text, parts: (
        parts is not None and all(matches(part) for matches, part in zip(matchers, parts, strict=True))
    )


def _split(tokens: Iterable[Token]) -> list[list[Token]]:
    """Split at the first five colons."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if isinstance(token, Wildcard):
            parts[-1].append(token)
            continue
        first, *rest = token.split(":", PARTS - len(parts))
        parts[-1].append(first)
        parts.extend([text] for text in rest)
    return parts
