"""The one list of condition operators. `Null` isn't here: it asks for the key, not for its values."""

from __future__ import annotations

from crossgrant.iam.conditions import arn, binary, boolean, date, ip_address, numeric, string

OPERATORS = {
    operator.name: operator
    for family in (string, arn, numeric, date, boolean, binary, ip_address)
    for operator in family.OPERATORS
}
