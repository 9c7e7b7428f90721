"""Delivery: what functions log, kept for a moment and then written with the execution role's permissions.

Lambda calls CreateLogGroup, CreateLogStream and PutLogEvents with the role's session, lambda:SourceFunctionArn
included (confirmed.md L8); a role that may not do so has no log, and the refusal stands in the audit trail.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from crossgrant.local.accounts import Accounts
from crossgrant.local.audit import AuditEntry
from crossgrant.local.authorization.authorize import Decided, authorize
from crossgrant.local.operation import Call, Caller
from crossgrant.local.services.logs import store
from crossgrant.local.services.logs.needs import need

_DELAY = 0.1  # seconds; a log that is read is written before
_MOST_EVENTS = 10_000


@dataclass(frozen=True, slots=True)
class LogStreamOf:
    """Where the events of one worker go, and the key of the role session that brings them."""

    access_key_id: str
    account: str
    region: str
    group: str
    stream: str


@dataclass(slots=True)
class Delivery:
    """The events of one gateway's functions that are still to be written.

    What holds events of its own gives them up when `before_flush` asks.
    """

    accounts: Accounts
    before_flush: list[Callable[[], None]] = field(default_factory=list)
    _events: dict[LogStreamOf, list[store.LogEvent]] = field(default_factory=dict)
    _count: int = 0
    _refused: set[tuple[LogStreamOf, str]] = field(default_factory=set)
    _timer: asyncio.TimerHandle | None = None

    def add(self, stream: LogStreamOf, events: list[store.LogEvent]) -> None:
        """Take events of one stream."""
        self._events.setdefault(stream, []).extend(events)
        self._count += len(events)
        if self._count > _MOST_EVENTS:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_DELAY, self.flush)

    def flush(self) -> None:
        """Write what was taken so far."""
        for ask in self.before_flush:
            ask()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._events:
            return
        events, self._events, self._count = self._events, {}, 0
        with self.accounts.database.transaction():
            for stream, of_stream in events.items():
                self._write(stream, of_stream)

    def drop(self) -> None:
        """Forget what was taken: it belongs to a state that was replaced."""
        self._events.clear()
        self._count = 0

    def _write(self, to: LogStreamOf, events: list[store.LogEvent]) -> None:
        key = self.accounts.identities.key(to.access_key_id)
        if key is None or not self._may(key.caller, "PutLogEvents", to):
            return
        database, now = self.accounts.database, int(self.accounts.clock() * 1000)
        group = store.find_group(database, to.account, to.region, to.group)
        if group is None:
            if not self._may(key.caller, "CreateLogGroup", to):
                return
            store.create_group(database, to.account, to.region, to.group, now)
            group = store.existing_group(database, to.account, to.region, to.group)
        stream = store.find_stream(database, group, to.stream)
        if stream is None:
            if not self._may(key.caller, "CreateLogStream", to):
                return
            store.create_stream(database, group, to.stream, now)
            stream = store.existing_stream(database, group, to.stream)
        store.put_events(database, stream, events, now)

    def _may(self, caller: Caller, operation: str, to: LogStreamOf) -> bool:
        now = self.accounts.clock()
        call = Call(operation, {}, caller, to.account, to.region, str(uuid4()), now, self.accounts)
        stream = "" if operation == "CreateLogGroup" else to.stream
        decisions, refused = authorize(call, (need(operation, to.account, to.region, to.group, stream),))
        if refused is not None and (to, operation) not in self._refused:  # once for each worker's stream
            self._refused.add((to, operation))
            self._remember(call, decisions)
        return refused is None

    def _remember(self, call: Call, decisions: list[Decided]) -> None:
        self.accounts.trail.add(
            AuditEntry(
                time=call.now,
                request_id=call.request_id,
                caller_arn=call.caller.principal.arn or "",
                account=call.account_id,
                region=call.region,
                service="logs",
                operation=call.operation,
                status=400,
                error_code="AccessDeniedException",
                decisions=tuple(decisions),
            )
        )


def delivery_of(accounts: Accounts) -> Delivery:
    """Return the gateway's one delivery."""

    def make() -> Delivery:
        delivery = Delivery(accounts)
        accounts.on_replaced.append(delivery.drop)
        return delivery

    return accounts.held(Delivery, make)


def flush(accounts: Accounts) -> None:
    """Write what functions have logged so far."""
    delivery_of(accounts).flush()
