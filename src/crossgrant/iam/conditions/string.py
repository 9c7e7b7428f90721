"""String operators (rule 32).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
"""

from __future__ import annotations

from functools import lru_cache

from crossgrant.iam.conditions.operator import Operator, plain
from crossgrant.iam.wildcard import Glob, Token, glob


def _folded(tokens: tuple[Token, ...]) -> str:
    return plain(tokens).lower()


@lru_cache(maxsize=4096)
def _pattern(tokens: tuple[Token, ...]) -> Glob:
    return glob(tokens)


def string_matches(pattern: Glob, value: str) -> bool:
    """Return whether the whole of `value` matches, with its case; `*` crosses colons (rule 31)."""
    return pattern.matches(value)


OPERATORS = (
    Operator("StringEquals", plain, str, variables=True),
    Operator("StringNotEquals", plain, str, negated=True, variables=True),
    Operator("StringEqualsIgnoreCase", _folded, str.lower, variables=True),
    Operator("StringNotEqualsIgnoreCase", _folded, str.lower, negated=True, variables=True),
    Operator("StringLike", _pattern, str, string_matches, wildcards=True, variables=True),
    Operator("StringNotLike", _pattern, str, string_matches, negated=True, wildcards=True, variables=True),
)
