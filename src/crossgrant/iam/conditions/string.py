"""String operators (rule 32).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crossgrant.iam.conditions.operator import Operator, plain
from crossgrant.iam.remember import remember
from crossgrant.iam.wildcard import Glob, Token, glob


def _folded(tokens: tuple[Token, ...]) -> str:
    return plain(tokens).lower()


@remember
def _pattern(tokens: tuple[Token, ...]) -> Glob:
    return glob(tokens)


def string_matches(pattern: Glob, value: str) -> bool:
    """Return whether the whole of `value` matches, with its case; `*` crosses colons (rule 31)."""
    return pattern.matches(value)


def any_string_matches(patterns: Sequence[Glob]) -> Callable[[str], bool]:
    """Return the test whether a text matches one of `patterns`: whole texts and beginnings are looked up together."""
    texts = frozenset(pattern.literal for pattern in patterns if pattern.literal is not None)
    beginnings = tuple(pattern.beginning for pattern in patterns if pattern.beginning is not None)
    others = [pattern.matches for pattern in patterns if pattern.literal is None and pattern.beginning is None]
    return lambda value: value in texts or value.startswith(beginnings) or any(matches(value) for matches in others)


OPERATORS = (
    Operator("StringEquals", plain, str, variables=True),
    Operator("StringNotEquals", plain, str, negated=True, variables=True),
    Operator("StringEqualsIgnoreCase", _folded, str.lower, variables=True),
    Operator("StringNotEqualsIgnoreCase", _folded, str.lower, negated=True, variables=True),
    Operator("StringLike", _pattern, str, string_matches, wildcards=True, variables=True, gather=any_string_matches),
    Operator(
        "StringNotLike",
        _pattern,
        str,
        string_matches,
        negated=True,
        wildcards=True,
        variables=True,
        gather=any_string_matches,
    ),
)
