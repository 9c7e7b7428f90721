"""What a condition operator is: how it reads the policy's and the request's values, and how it compares them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from crossgrant.iam.wildcard import Token, Wildcard


class Operator(NamedTuple):
    """One operator without its prefix and suffix.

    `expected` reads a policy's value, `actual` a request's; both raise Unreadable. Where `matches` is None the two
    compare by equality; `gather` makes one test of many values where that is faster than one after the other.
    `wildcards` and `variables` tell what has a meaning in the policy's value.
    """

    name: str
    expected: Callable[[tuple[Token, ...]], Hashable]
    actual: Callable[[str], Hashable]
    matches: Callable[[Any, Any], bool] | None = None  # the types are those of `expected` and `actual`
    negated: bool = False
    wildcards: bool = False
    variables: bool = False
    gather: Callable[[Sequence[Any]], Callable[[Any], bool]] | None = None  # one test for many read values


def plain(tokens: tuple[Token, ...]) -> str:
    """Return the text of tokens in which nothing is a wildcard."""
    return "".join(token.value if isinstance(token, Wildcard) else token for token in tokens)
