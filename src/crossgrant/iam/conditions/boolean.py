"""Bool: true and false, in any case (rule 33 lets a policy write them without quotes).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean
"""

from __future__ import annotations

from crossgrant.iam.conditions.operator import Operator, plain
from crossgrant.iam.truth import Unreadable
from crossgrant.iam.wildcard import Token


def boolean(text: str) -> bool:
    """Return the truth that `text` writes."""
    lowered = text.lower()
    if lowered not in ("true", "false"):
        raise Unreadable(f"`{text}` is neither true nor false")
    return lowered == "true"


def _expected(tokens: tuple[Token, ...]) -> bool:
    return boolean(plain(tokens))


OPERATORS = (Operator("Bool", _expected, boolean, variables=True),)
