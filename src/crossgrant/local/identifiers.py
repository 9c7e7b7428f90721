"""Identifiers of AWS's shape: a four-letter prefix that tells the kind, and random characters.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from __future__ import annotations

import base64
import secrets


def new_unique_id(prefix: str) -> str:
    """Return a unique ID, such as AIDA… of a user: 17 characters behind its prefix."""
    return prefix + _characters(17)


def new_access_key_id(prefix: str) -> str:
    """Return the id of an access key, AKIA… or ASIA…: 16 characters behind its prefix."""
    return prefix + _characters(16)


def _characters(count: int) -> str:
    return base64.b32encode(secrets.token_bytes(15))[:count].decode()
