"""A table as a value: its key, its indexes, its settings, and the status that it passes through.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

from crossgrant.iam import Arn, Policy, PolicyKind, parse_policy
from crossgrant.local.services.dynamodb.keys import KeyAttribute, KeySchema

Status = Literal["CREATING", "UPDATING", "DELETING", "ACTIVE"]

# How long a status other than ACTIVE lasts. AWS takes seconds to minutes; here a change is already done, and the status
# lets a client that forgets to wait fail as it would there. A DescribeTable ends it at once: waiters don't wait.
TRANSITION_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Transition:
    """A passing status and when it ends, in epoch seconds of the gateway's clock."""

    status: Status
    until: float

    def at(self, now: float) -> Status:
        """Return the status at the time `now`."""
        return self.status if now < self.until else "ACTIVE"


@dataclass(frozen=True, slots=True)
class Throughput:
    """Provisioned capacity units, zero when billed on demand, and the times of its changes."""

    read: int = 0
    write: int = 0
    increased: float | None = None
    decreased: float | None = None
    decreases_today: int = 0


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index: local when it shares the table's partition key."""

    id: int
    name: str
    local: bool
    key: KeySchema
    projection: str
    projected: tuple[str, ...]
    throughput: Throughput = Throughput()
    transition: Transition | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def status(self, now: float) -> Status:
        """Return the index's status."""
        return self.transition.at(now) if self.transition else "ACTIVE"


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """The policy on a table, as it was written, and its revision."""

    text: str
    revision_id: str


@dataclass(frozen=True, slots=True)
class TimeToLive:
    """The attribute that holds each item's time of expiry, and when that was set."""

    attribute: str
    enabled: bool
    changed: float


@dataclass(frozen=True)
class Table:
    """One table.

    `settings` are stored and shown; they change nothing else. Indexes that are `leaving` hold no entries any more.
    """

    id: int
    account_id: str
    region: str
    name: str
    table_id: str
    created: float
    attributes: tuple[KeyAttribute, ...]
    key: KeySchema
    indexes: tuple[Index, ...] = ()
    leaving: tuple[Index, ...] = ()
    next_index_id: int = 1
    billing_mode: str = "PROVISIONED"
    billed_on_demand_since: float | None = None
    throughput: Throughput = Throughput()
    deletion_protection: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    time_to_live: TimeToLive | None = None
    policy: ResourcePolicy | None = None
    transition: Transition | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def arn(self) -> str:
        """The table's ARN."""
        return f"arn:aws:dynamodb:{self.region}:{self.account_id}:table/{self.name}"

    @cached_property
    def index_keys(self) -> tuple[tuple[str, KeySchema], ...]:
        """The name and key of each index, by name: so AWS checks them."""
        return tuple((index.name, index.key) for index in sorted(self.indexes, key=lambda index: index.name))

    @cached_property
    def expiry_attribute(self) -> str | None:
        """The attribute by which items expire, when they do."""
        return self.time_to_live.attribute if self.time_to_live and self.time_to_live.enabled else None

    @cached_property
    def resource_policy(self) -> Policy | None:
        """The table's policy as the engine reads it."""
        return None if self.policy is None else engine_policy(self.policy.text, self.arn)

    def status(self, now: float) -> Status:
        """Return the table's status."""
        return self.transition.at(now) if self.transition else "ACTIVE"

    def index(self, name: str) -> Index | None:
        """Return the index of that name."""
        return next((index for index in self.indexes if index.name == name), None)


@lru_cache(maxsize=1024)
def engine_policy(text: str, arn: str) -> Policy:
    """Return a table's policy, parsed once: its conditions and principals compile when first evaluated."""
    assert Arn.parse(arn) is not None
    return Policy("resource-policy", parse_policy(text, PolicyKind.RESOURCE_BASED), arn)


def to_json(table: Table) -> str:
    """Return everything of a table but its id, account, Region and name, which are columns of their own."""
    fields: dict[str, Any] = {}
    for name in _STORED:
        value = getattr(table, name)
        if value not in (None, (), {}):
            fields[name] = value
    return json.dumps(fields, default=_plain, separators=(",", ":"))


_STORED = (
    "table_id",
    "created",
    "attributes",
    "key",
    "indexes",
    "leaving",
    "next_index_id",
    "billing_mode",
    "billed_on_demand_since",
    "throughput",
    "deletion_protection",
    "tags",
    "time_to_live",
    "policy",
    "transition",
    "settings",
)


def _plain(value: object) -> dict[str, Any] | list[Any]:
    if isinstance(value, KeySchema):
        return [_stored_part(value.hash), _stored_part(value.range)]
    assert isinstance(value, Index | Throughput | Transition | ResourcePolicy | TimeToLive)
    return {name: getattr(value, name) for name in value.__slots__}


def from_json(table_id: int, account_id: str, region: str, name: str, text: str) -> Table:
    """Return the table of a row."""
    fields = json.loads(text)
    fields["attributes"] = tuple(KeyAttribute(*pair) for pair in fields["attributes"])
    fields["key"] = _key_schema(fields["key"])
    for part in ("indexes", "leaving"):
        fields[part] = tuple(map(_index, fields.get(part, ())))
    fields["throughput"] = Throughput(**fields["throughput"])
    fields["tags"] = tuple((key, value) for key, value in fields.get("tags", ()))
    for part, kind in (("time_to_live", TimeToLive), ("policy", ResourcePolicy), ("transition", Transition)):
        if part in fields:
            fields[part] = kind(**fields[part])
    return Table(table_id, account_id, region, name, **fields)


def _stored_part(attributes: tuple[KeyAttribute, ...]) -> Any:
    """Return a partition or sort key as it is stored: null, one attribute by itself, or a list of several."""
    return attributes if len(attributes) > 1 else next(iter(attributes), None)


def _key_schema(stored: list[Any]) -> KeySchema:
    return KeySchema(*map(_key_part, stored))


def _key_part(stored: list[Any] | None) -> tuple[KeyAttribute, ...]:
    if stored is None:
        return ()
    several = isinstance(stored[0], list)
    return tuple(KeyAttribute(*pair) for pair in (stored if several else [stored]))


def _index(fields: dict[str, Any]) -> Index:
    return Index(
        **{
            **fields,
            "key": _key_schema(fields["key"]),
            "projected": tuple(fields["projected"]),
            "throughput": Throughput(**fields["throughput"]),
            "transition": Transition(**fields["transition"]) if fields["transition"] else None,
        }
    )
