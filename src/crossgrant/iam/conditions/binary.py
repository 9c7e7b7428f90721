"""BinaryEquals: the bytes behind base64 text (rule 30).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_BinaryEquals
"""

from __future__ import annotations

from base64 import b64decode

from crossgrant.iam.conditions.operator import Operator, plain
from crossgrant.iam.truth import Unreadable
from crossgrant.iam.wildcard import Token


def binary(text: str) -> bytes:
    """Return the bytes that `text` writes in base64."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise Unreadable(f"`{text}` isn't base64") from None


def _expected(tokens: tuple[Token, ...]) -> bytes:
    return binary(plain(tokens))


OPERATORS = (Operator("BinaryEquals", _expected, binary),)
