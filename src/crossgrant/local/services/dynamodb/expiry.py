"""Time to live: when an item expires.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
"""

from __future__ import annotations

from decimal import Decimal

from crossgrant.local.services.dynamodb.values import Item

# A time further back doesn't expire: "five years or more in the past".
OLDEST_SECONDS = 5 * 365 * 24 * 3600


def expires_at(item: Item, attribute: str) -> int | None:
    """Return the epoch second at which `item` expires, or None: an attribute that is no number is ignored."""
    value = item.get(attribute)
    if value is None or "N" not in value:
        return None
    seconds = Decimal(value["N"])
    return int(seconds) if 0 < seconds < 2**62 else None
