"""Lists in pages: `limit` and `nextToken` in, `nextToken` out.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.logs.store import Place

DEFAULT_PAGE = 50


def page(member: str, items: Sequence[Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return the page of `items` that the input asks for, under the output member `member`.

    Raises:
        ServiceError: the token is none of ours.

    """
    start = _start(values["nextToken"]) if "nextToken" in values else 0
    end = start + values.get("limit", DEFAULT_PAGE)
    output: dict[str, Any] = {member: list(items[start:end])}
    if end < len(items):
        output["nextToken"] = str(end)
    return output


def place_of(token: str) -> Place:
    """Return the place that a token for events stands for.

    Raises:
        ServiceError: the token is none of ours.

    """
    timestamp, _, event_id = token.partition(".")
    try:
        return int(timestamp), int(event_id)
    except ValueError:
        raise invalid_token() from None


def token_of(place: Place) -> str:
    """Return the token that stands for a place among events."""
    return f"{place[0]}.{place[1]}"


def invalid_token() -> ServiceError:
    """Return AWS's error about a token."""
    return ServiceError("InvalidParameterException", "The specified nextToken is invalid.")


def _start(token: str) -> int:
    if not token.isdecimal():
        raise invalid_token()
    return int(token)
