"""ARN operators: ArnEquals and ArnLike are the same, and take wildcards (rule 31).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crossgrant.iam.arn import Arn
from crossgrant.iam.conditions.operator import Operator, plain
from crossgrant.iam.pattern import ArnPattern, arn_pattern
from crossgrant.iam.truth import Unreadable
from crossgrant.iam.wildcard import Token


def _pattern(tokens: tuple[Token, ...]) -> ArnPattern:
    pattern = arn_pattern(tokens)
    if pattern is None:
        raise Unreadable(f"`{plain(tokens)}` isn't an ARN")
    return pattern


def arn_matches(pattern: ArnPattern, value: str) -> bool:
    """Return whether `value` is an ARN each of whose six parts matches the same part of `pattern`."""
    arn = Arn.parse(value)
    return arn is not None and pattern.matches(value, arn)


def any_arn_matches(patterns: Sequence[ArnPattern]) -> Callable[[str], bool]:
    """Return the test whether an ARN matches one of `patterns`: whole ARNs are looked up together."""
    texts = frozenset(pattern.literal for pattern in patterns if pattern.literal is not None)
    others = [pattern for pattern in patterns if pattern.literal is None]
    return lambda value: (
        (value in texts and Arn.parse(value) is not None) or any(arn_matches(pattern, value) for pattern in others)
    )


OPERATORS = tuple(
    Operator(
        name,
        _pattern,
        str,
        arn_matches,
        negated="Not" in name,
        wildcards=True,
        variables=True,
        gather=any_arn_matches,
    )
    for name in ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
)
