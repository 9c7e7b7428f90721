"""Lists in pages: `MaxItems` and `Marker` in, `IsTruncated` and `Marker` out.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from crossgrant.local.operation import ServiceError

PARAMETERS = frozenset({"Marker", "MaxItems"})
DEFAULT_PAGE = 100


def page(member: str, items: Sequence[Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return the page of `items` that the input asks for, under the output member `member`.

    Raises:
        ServiceError: the marker is none of ours.

    """
    start = _start(values["Marker"]) if "Marker" in values else 0
    end = start + values.get("MaxItems", DEFAULT_PAGE)
    output: dict[str, Any] = {member: list(items[start:end]), "IsTruncated": end < len(items)}
    if end < len(items):
        output["Marker"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return output


def _start(marker: str) -> int:
    try:
        return max(0, int(base64.urlsafe_b64decode(marker)))
    except (ValueError, binascii.Error):
        raise ServiceError("ValidationError", "Invalid Marker.") from None
