"""What a running gateway holds: the database, the clock, and which accounts are embedded."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from crossgrant.local.audit import AuditTrail
from crossgrant.local.state import Database

if TYPE_CHECKING:
    from crossgrant.local.operators import ProfileKey
    from crossgrant.local.services.iam_.identities import Identities

T = TypeVar("T")


@dataclass(slots=True)
class Clock:
    """The clock by which sessions end and time conditions hold: the machine's, moved forward on an operator's call."""

    now: Callable[[], float] = time.time
    advanced: float = 0.0

    def __call__(self) -> float:
        """Return the time in epoch seconds."""
        return self.now() + self.advanced


@dataclass(slots=True)
class Accounts:
    """The embedded accounts: names to 12-digit ids, their state, and where they are served.

    `endpoint` and `operators` are set once the gateway listens. A service that keeps anything beside the database
    keeps it with `held`, and adds to `on_replaced` what drops it, as the whole state may be replaced by a snapshot,
    and to `on_closed` what ends it with the gateway.
    """

    names: dict[str, str]
    region: str
    database: Database
    identities: Identities
    clock: Clock = field(default_factory=Clock)
    trail: AuditTrail = field(default_factory=AuditTrail)
    endpoint: str = ""
    operators: dict[str, ProfileKey] = field(default_factory=dict)
    on_replaced: list[Callable[[], None]] = field(default_factory=list)
    on_closed: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _held: dict[type, Any] = field(default_factory=dict)

    def embedded(self, account_id: str) -> bool:
        """Say whether the account is one of this gateway's."""
        return account_id in self.names.values()

    def held(self, kind: type[T], make: Callable[[], T]) -> T:
        """Return the gateway's one object of `kind`, made when it is first asked for."""
        found: T | None = self._held.get(kind)
        if found is None:
            found = self._held[kind] = make()
        return found

    async def close(self) -> None:
        """End what services keep beside the database."""
        for closed in self.on_closed:
            await closed()
