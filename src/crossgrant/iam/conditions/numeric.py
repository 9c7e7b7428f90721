"""Numeric operators: integers and decimals, so that 10 equals 10.0 (rule 28).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
"""

from __future__ import annotations

import re
from decimal import Decimal
from operator import ge, gt, le, lt

from crossgrant.iam.conditions.operator import Operator, plain
from crossgrant.iam.remember import remember
from crossgrant.iam.truth import Unreadable
from crossgrant.iam.wildcard import Token

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)


@remember
def number(text: str) -> Decimal:
    """Return the number that `text` writes."""
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f"`{text}` isn't a number")
    return Decimal(text)


def _expected(tokens: tuple[Token, ...]) -> Decimal:
    return number(plain(tokens))


# The policy's value stands first: `NumericLessThan` holds where it is greater than the request's.
OPERATORS = (
    Operator("NumericEquals", _expected, number),
    Operator("NumericNotEquals", _expected, number, negated=True),
    Operator("NumericLessThan", _expected, number, gt),
    Operator("NumericLessThanEquals", _expected, number, ge),
    Operator("NumericGreaterThan", _expected, number, lt),
    Operator("NumericGreaterThanEquals", _expected, number, le),
)
