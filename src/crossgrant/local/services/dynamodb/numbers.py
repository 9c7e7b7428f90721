"""Numbers of 38 significant digits: AWS's one way to write each, and bytes that sort as the numbers do.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, localcontext

from crossgrant.local.services.dynamodb.errors import validation

MAX_DIGITS = 38
MAX_EXPONENT = 125  # of the scientific form: 9.99…E+125
MIN_EXPONENT = -130

_CANONICAL_INTEGER = re.compile(r"-?[1-9][0-9]{0,37}|0").fullmatch
_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?").fullmatch
_COMPLEMENT = bytes.maketrans(b"0123456789", b"9876543210")

# Wide enough for any sum of two stored numbers, which lie at most 256 places apart.
_EXACT = Context(prec=300, Emax=1000, Emin=-1000)


def normalized(text: str) -> str:
    """Return `text` as DynamoDB stores it: plain notation, no sign +, no needless zeros.

    Raises:
        ServiceError: no number, more than 38 significant digits, or outside 1E-130 … 9.99E+125.

    """
    if _CANONICAL_INTEGER(text):
        return text if len(text) < MAX_DIGITS else _written(*_parts(text))
    return _written(*_parts(text))


def _parts(text: str) -> tuple[bool, str, int]:
    """Return sign, significant digits without zeros at either end ("" for zero), and the scientific exponent."""
    match = _NUMBER(text)
    if match is None or not (match[2] or match[3]):
        raise validation(
            f"The parameter cannot be converted to a numeric value: {text}"
            if text
            else "The parameter cannot be converted to a numeric value"
        )
    whole, fraction = match[2], match[3] or ""
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return False, "", 0
    exponent = int(match[4] or 0) + len(digits) - len(fraction) - 1
    digits = digits.rstrip("0")
    if len(digits) > MAX_DIGITS:
        raise validation("Attempting to store more than 38 significant digits in a Number")
    if exponent > MAX_EXPONENT:
        raise validation("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if exponent < MIN_EXPONENT:
        raise validation("Number underflow. Attempting to store a number with magnitude smaller than supported range")
    return match[1] == "-", digits, exponent


def _written(negative: bool, digits: str, exponent: int) -> str:  # noqa: FBT001 - a number's sign
    if not digits:
        return "0"
    if exponent < 0:
        text = "0." + "0" * (-exponent - 1) + digits
    elif exponent + 1 >= len(digits):
        text = digits + "0" * (exponent + 1 - len(digits))
    else:
        text = f"{digits[: exponent + 1]}.{digits[exponent + 1 :]}"
    return f"-{text}" if negative else text


def encoded(text: str) -> bytes:
    """Return bytes that sort as the numbers do: sign, exponent, digits; the complement of the last two for negatives.

    Args:
        text: a normalized number.

    """
    negative, digits, exponent = _parts(text)
    if not digits:
        return b"\x02"
    if negative:
        return bytes((1, MAX_EXPONENT - exponent)) + digits.encode().translate(_COMPLEMENT) + b"\xff"
    return bytes((3, exponent - MIN_EXPONENT)) + digits.encode()


def size(text: str) -> int:
    """Return a normalized number's size in bytes: one for each two significant digits, one, and one for a minus.

    The digits on either side of the point are counted by themselves: so DynamoDB Local does, and AWS, measured at the
    limit of 400 KB.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html#ItemSizes
    """
    whole, _, fraction = text.lstrip("-").partition(".")
    if not fraction:
        whole = whole.rstrip("0")
    elif whole == "0":
        whole, fraction = "", fraction.lstrip("0")
    return (len(whole) + 1) // 2 + (len(fraction) + 1) // 2 + 1 + (text[0] == "-")


def added(left: str, right: str) -> str:
    """Return the sum of two normalized numbers, normalized.

    Raises:
        ServiceError: the sum needs more than 38 digits or lies outside the range.

    """
    with localcontext(_EXACT):
        return normalized(str(Decimal(left) + Decimal(right)))


def subtracted(left: str, right: str) -> str:
    """Return the difference of two normalized numbers, normalized; errors as `added`."""
    with localcontext(_EXACT):
        return normalized(str(Decimal(left) - Decimal(right)))
