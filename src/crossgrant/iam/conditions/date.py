"""Date operators: W3C's ISO 8601 forms and seconds since 1970, which compare with each other (rule 27).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
https://www.w3.org/TR/NOTE-datetime
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from operator import ge, gt, le, lt

from crossgrant.iam.conditions.operator import Operator, plain
from crossgrant.iam.remember import remember
from crossgrant.iam.truth import Unreadable
from crossgrant.iam.wildcard import Token

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)
_SECONDS = re.compile(r"-?\d{1,18}(\.\d{1,9})?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@remember
def seconds(text: str) -> Decimal:
    """Return the moment that `text` writes, in seconds since 1970. Four digits alone are a year."""
    found = _ISO.fullmatch(text)
    if not found:
        if not _SECONDS.fullmatch(text):
            raise Unreadable(f"`{text}` isn't a date")
        return Decimal(text)
    year, month, day, hour, minute, second = (
        int(part or floor) for part, floor in zip(found.groups(), "011000", strict=False)
    )
    try:
        moment = datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=_zone(found[8]))
        return Decimal((moment - _EPOCH) // timedelta(seconds=1)) + Decimal(found[7] or 0)
    except (ValueError, OverflowError):
        raise Unreadable(f"`{text}` isn't a date") from None


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _expected(tokens: tuple[Token, ...]) -> Decimal:
    return seconds(plain(tokens))


# The policy's value stands first: `DateLessThan` holds where it is later than the request's.
OPERATORS = (
    Operator("DateEquals", _expected, seconds),
    Operator("DateNotEquals", _expected, seconds, negated=True),
    Operator("DateLessThan", _expected, seconds, gt),
    Operator("DateLessThanEquals", _expected, seconds, ge),
    Operator("DateGreaterThan", _expected, seconds, lt),
    Operator("DateGreaterThanEquals", _expected, seconds, le),
)
