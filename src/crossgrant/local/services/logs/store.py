"""Log groups, streams and events as they are stored, and AWS's errors about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossgrant.local.operation import ServiceError
from crossgrant.local.state import Database

LogEvent = tuple[int, str]
"""Milliseconds since 1970, and the message."""

Place = tuple[int, int]
"""A place in the order of a stream's or a group's events: a time, and the id among events of that time."""


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group."""

    id: int
    account: str
    region: str
    name: str
    created: int
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class LogStream:
    """A log stream; its times are those of its events, None as long as it has none."""

    id: int
    group_id: int
    name: str
    created: int
    first_event: int | None
    last_event: int | None
    last_ingestion: int | None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event in its place: `timestamp`, then `id`, is the order that pages follow."""

    id: int
    timestamp: int
    ingestion: int
    stream: str
    message: str

    @property
    def place(self) -> Place:
        """The event's place in the order of its stream or group."""
        return self.timestamp, self.id


def group_arn(region: str, account: str, name: str) -> str:
    """Return the ARN of a log group."""
    return f"arn:aws:logs:{region}:{account}:log-group:{name}"


def find_group(database: Database, account: str, region: str, name: str) -> LogGroup | None:
    """Return the log group of that name."""
    row = database.one(
        "SELECT * FROM logs_groups WHERE account = ? AND region = ? AND name = ?", (account, region, name)
    )
    return None if row is None else LogGroup(*row)


def existing_group(database: Database, account: str, region: str, name: str) -> LogGroup:
    """Return the log group of that name.

    Raises:
        ServiceError: ResourceNotFoundException, in AWS's words.

    """
    group = find_group(database, account, region, name)
    if group is None:
        raise ServiceError("ResourceNotFoundException", "The specified log group does not exist.")
    return group


def create_group(database: Database, account: str, region: str, name: str, now: int) -> None:
    """Store a new log group.

    Raises:
        ServiceError: ResourceAlreadyExistsException, in AWS's words.

    """
    if find_group(database, account, region, name) is not None:
        raise ServiceError("ResourceAlreadyExistsException", "The specified log group already exists")
    database.execute(
        "INSERT INTO logs_groups (account, region, name, created) VALUES (?, ?, ?, ?)", (account, region, name, now)
    )


def list_groups(database: Database, account: str, region: str) -> list[LogGroup]:
    """Return the log groups of an account and Region, by name."""
    rows = database.all("SELECT * FROM logs_groups WHERE account = ? AND region = ? ORDER BY name", (account, region))
    return [LogGroup(*row) for row in rows]


def find_stream(database: Database, group: LogGroup, name: str) -> LogStream | None:
    """Return the group's stream of that name."""
    row = database.one("SELECT * FROM logs_streams WHERE group_id = ? AND name = ?", (group.id, name))
    return None if row is None else LogStream(*row)


def existing_stream(database: Database, group: LogGroup, name: str) -> LogStream:
    """Return the group's stream of that name.

    Raises:
        ServiceError: ResourceNotFoundException, in AWS's words.

    """
    stream = find_stream(database, group, name)
    if stream is None:
        raise ServiceError("ResourceNotFoundException", "The specified log stream does not exist.")
    return stream


def create_stream(database: Database, group: LogGroup, name: str, now: int) -> None:
    """Store a new stream.

    Raises:
        ServiceError: ResourceAlreadyExistsException, in AWS's words.

    """
    if find_stream(database, group, name) is not None:
        raise ServiceError("ResourceAlreadyExistsException", "The specified log stream already exists")
    database.execute("INSERT INTO logs_streams (group_id, name, created) VALUES (?, ?, ?)", (group.id, name, now))


def list_streams(database: Database, group: LogGroup) -> list[LogStream]:
    """Return the group's streams, by name."""
    rows = database.all("SELECT * FROM logs_streams WHERE group_id = ? ORDER BY name", (group.id,))
    return [LogStream(*row) for row in rows]


def put_events(database: Database, stream: LogStream, events: Sequence[LogEvent], now: int) -> None:
    """Store events of a stream."""
    connection = database.connection
    connection.executemany(
        "INSERT INTO logs_events (group_id, stream_id, timestamp, ingestion, message) VALUES (?, ?, ?, ?, ?)",
        [(stream.group_id, stream.id, timestamp, now, message) for timestamp, message in events],
    )
    moments = [timestamp for timestamp, _ in events]
    database.execute(
        "UPDATE logs_streams SET first_event = min(ifnull(first_event, ?1), ?1), last_ingestion = ?3,"
        " last_event = max(ifnull(last_event, ?2), ?2) WHERE id = ?4",
        (min(moments), max(moments), now, stream.id),
    )
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html: an event counts its
    # message's bytes and 26 more.
    size = sum(len(message.encode()) + 26 for _, message in events)
    database.execute("UPDATE logs_groups SET stored_bytes = stored_bytes + ? WHERE id = ?", (size, stream.group_id))


@dataclass(frozen=True, slots=True)
class Span:
    """Which events are wanted: of one stream or of a whole group, from `start` on and before `end`."""

    group_id: int
    stream_id: int | None
    start: int = 0
    end: int = 2**62


def events_after(database: Database, span: Span, place: Place, count: int) -> list[StoredEvent]:
    """Return up to `count` events behind `place`, in order."""
    return _events(database, span, _AFTER, (*place, count))


def events_before(database: Database, span: Span, place: Place, count: int) -> list[StoredEvent]:
    """Return the last `count` events ahead of `place`, in order."""
    return _events(database, span, _BEFORE, (*place, count))[::-1]


_AFTER = "(timestamp, logs_events.id) > (?, ?) ORDER BY timestamp, logs_events.id LIMIT ?"
_BEFORE = "(timestamp, logs_events.id) < (?, ?) ORDER BY timestamp DESC, logs_events.id DESC LIMIT ?"


def _events(database: Database, span: Span, bound: str, values: tuple[int, ...]) -> list[StoredEvent]:
    owner, owner_id = ("group_id", span.group_id) if span.stream_id is None else ("stream_id", span.stream_id)
    rows = database.all(
        "SELECT logs_events.id, timestamp, ingestion, name, message FROM logs_events"  # noqa: S608 - constants alone
        f" JOIN logs_streams ON logs_streams.id = stream_id WHERE logs_events.{owner} = ?"
        f" AND timestamp >= ? AND timestamp < ? AND {bound}",
        (owner_id, span.start, span.end, *values),
    )
    return [StoredEvent(*row) for row in rows]
