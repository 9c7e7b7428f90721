"""Tags on users and roles: keys differ by more than their case, a role or user has fifty at most.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from __future__ import annotations

from collections.abc import Iterable

from crossgrant.local.operation import ServiceError
from crossgrant.local.state import Database

MOST_TAGS = 50


def checked_tags(tags: Iterable[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the tags as pairs.

    Raises:
        ServiceError: a key stands twice, or starts with `aws:`.

    """
    pairs = tuple((tag["Key"], tag["Value"]) for tag in tags)
    folded = [key.lower() for key, _ in pairs]
    if len(set(folded)) < len(folded):
        raise ServiceError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if any(key.startswith("aws:") for key in folded):
        raise ServiceError("InvalidInput", "Tag keys beginning with aws: are reserved for system use.")
    return pairs


def add_tags(database: Database, owner: str, tags: Iterable[tuple[str, str]]) -> None:
    """Set tags of the principal with the unique ID `owner`.

    Raises:
        ServiceError: LimitExceeded.

    """
    for key, value in tags:
        database.execute("INSERT OR REPLACE INTO iam_tags VALUES (?, ?, ?)", (owner, key, value))
    row = database.one("SELECT count(*) FROM iam_tags WHERE owner = ?", (owner,))
    if row is not None and row[0] > MOST_TAGS:
        raise ServiceError("LimitExceeded", f"The number of tags has reached the maximum limit of {MOST_TAGS}.", 409)


def remove_tags(database: Database, owner: str, keys: Iterable[str]) -> None:
    """Remove tags of the principal with the unique ID `owner`; ones that aren't there are passed over."""
    database.connection.executemany("DELETE FROM iam_tags WHERE owner = ? AND key = ?", [(owner, key) for key in keys])
