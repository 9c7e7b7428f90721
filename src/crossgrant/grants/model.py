"""A grant, as the rest of crossgrant knows it: complete, valid and immutable.

Only `load` makes these values; whoever holds one may rely on every rule of the grant file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Via(StrEnum):
    """The way from the function to the table."""

    ASSUME_ROLE = "assume-role"
    RESOURCE_POLICY = "resource-policy"


class Trust(StrEnum):
    """What the owner's policy names."""

    STRICT = "strict"  # the execution role: a role deleted and made again is another principal
    RESILIENT = "resilient"  # the caller's account, and the role's ARN as a condition: survives delete and recreate
    SESSION = "session"  # the session that Lambda names after the function


@dataclass(frozen=True, slots=True)
class Account:
    """One of the two accounts; `name` is the grant file's word for it."""

    name: str
    id: str
    region: str
    profile: str | None


@dataclass(frozen=True, slots=True)
class Function:
    """The function that reads; `code` is None where it exists already."""

    name: str
    code: Path | None
    handler: str
    execution_role: str | None  # the ARN of a role that exists; None: crossgrant makes one
    only_this_function: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The table that is read; `key` maps a name to S, N or B, partition key first; empty where the table exists."""

    name: str
    key: Mapping[str, str]
    indexes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the owner's policy asks of the caller."""

    organization: str | None
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Items:
    """Which items and attributes of the table may be touched; empty: all."""

    leading_keys: tuple[str, ...]
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """How the function assumes the owner's role; `duration` is in seconds."""

    duration: int
    tags: Mapping[str, str]
    source_identity: str | None


@dataclass(frozen=True, slots=True)
class Grant:
    """A function in the caller's account may do `actions` on a table in the owner's account."""

    name: str
    caller: Account
    owner: Account
    function: Function
    table: Table
    role: str | None  # the owner's role; None with a resource policy
    actions: tuple[str, ...]  # IAM action names without their prefix, in the file's order
    via: Via
    trust: Trust
    conditions: Conditions
    items: Items
    session: Session
    encryption_key: str | None
    expires: datetime | None  # from this moment on nothing is granted; in UTC


@dataclass(frozen=True, slots=True)
class GrantFile:
    """A whole grant file."""

    path: Path
    accounts: Mapping[str, Account]
    grants: tuple[Grant, ...]
