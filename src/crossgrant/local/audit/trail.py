"""The last requests and their decisions. A trace is made when somebody asks for it, not while serving."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from crossgrant.local.authorization.authorize import Decided

KEPT = 1_000


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One request: when (epoch seconds), who, what, the HTTP status and AWS's error code, and each decision."""

    time: float
    request_id: str
    caller_arn: str
    account: str
    region: str
    service: str
    operation: str
    status: int
    error_code: str | None
    decisions: tuple[Decided, ...]


@dataclass(slots=True)
class AuditTrail:
    """The last thousand requests, oldest first."""

    entries: deque[AuditEntry] = field(default_factory=lambda: deque(maxlen=KEPT))

    def add(self, entry: AuditEntry) -> None:
        """Remember one request; the oldest is forgotten when there are too many."""
        self.entries.append(entry)
