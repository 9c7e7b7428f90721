"""Log events: put them, get a stream's, filter a group's.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from crossgrant.local.operation import Access, Call, Operation, Output, ServiceError
from crossgrant.local.services.logs import store
from crossgrant.local.services.logs.filter_pattern import compile_pattern
from crossgrant.local.services.logs.groups import group_of, milliseconds
from crossgrant.local.services.logs.needs import on_stream
from crossgrant.local.services.logs.pages import invalid_token, place_of, token_of

_DEFAULT_LIMIT = 10_000
_PAGE_BYTES = 1_048_576
_EVENT_OVERHEAD = 26
_DAY = 86_400_000
_START = (-1, -1)
_END = (2**62, 2**62)


def _read_put(call: Call) -> list[store.LogEvent]:
    """Check a batch (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html)."""
    events = [(event["timestamp"], event["message"]) for event in call.input["logEvents"]]
    moments = [timestamp for timestamp, _ in events]
    if moments != sorted(moments):
        text = "Log events in a single PutLogEvents request must be in chronological order."
        raise ServiceError("InvalidParameterException", text)
    if moments[-1] - moments[0] > _DAY:
        text = "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
        raise ServiceError("InvalidParameterException", text)
    size = sum(len(message.encode()) + _EVENT_OVERHEAD for _, message in events)
    if size > _PAGE_BYTES:
        text = f"Upload too large: {size} bytes exceeds limit of {_PAGE_BYTES}"
        raise ServiceError("InvalidParameterException", text)
    return events


def _put(call: Call, events: list[store.LogEvent]) -> Output:
    database, now = call.accounts.database, milliseconds(call)
    stream = store.existing_stream(database, group_of(call), call.input["logStreamName"])
    too_old = sum(timestamp < now - 14 * _DAY for timestamp, _ in events)
    timely = [event for event in events[too_old:] if event[0] <= now + _DAY // 12]
    if timely:
        store.put_events(database, stream, timely, now)
    rejected: dict[str, int] = {}
    if too_old:
        rejected["tooOldLogEventEndIndex"] = too_old
    if too_old + len(timely) < len(events):
        rejected["tooNewLogEventStartIndex"] = too_old + len(timely)
    output: dict[str, Any] = {"nextSequenceToken": f"{now:056}"}
    return output | ({"rejectedLogEventsInfo": rejected} if rejected else {})


def _get(call: Call, values: dict[str, Any]) -> Output:
    database, group = call.accounts.database, group_of(call)
    stream = store.existing_stream(database, group, values["logStreamName"])
    span = store.Span(group.id, stream.id, values.get("startTime", 0), values.get("endTime", 2**62))
    forward, place = _direction(values)
    read = store.events_after if forward else store.events_before
    events = read(database, span, place, values.get("limit", _DEFAULT_LIMIT))
    kept = list(_fitting(events if forward else reversed(events)))
    shown = kept if forward else kept[::-1]
    first, last = (shown[0].place, shown[-1].place) if shown else (place, place)
    return {
        "events": [_shown(event) for event in shown],
        "nextForwardToken": f"f/{token_of(last)}",
        "nextBackwardToken": f"b/{token_of(first)}",
    }


def _direction(values: dict[str, Any]) -> tuple[bool, store.Place]:
    token = values.get("nextToken")
    if token is None:
        return (True, _START) if values.get("startFromHead") else (False, _END)
    kind, _, place = token.partition("/")
    if kind not in ("f", "b"):
        raise invalid_token()
    return kind == "f", place_of(place)


def _filter(call: Call, values: dict[str, Any]) -> Output:
    database, group = call.accounts.database, group_of(call)
    names, prefix = values.get("logStreamNames"), values.get("logStreamNamePrefix", "")
    if names is not None and prefix:
        text = "Only one of the parameters logStreamNames and logStreamNamePrefix can be specified."
        raise ServiceError("InvalidParameterException", text)
    for name in names or ():
        store.existing_stream(database, group, name)
    matches = compile_pattern(values.get("filterPattern", ""))
    span = store.Span(group.id, None, values.get("startTime", 0), values.get("endTime", 2**61) + 1)
    place = place_of(values["nextToken"]) if "nextToken" in values else _START
    limit = values.get("limit", _DEFAULT_LIMIT)
    found: list[store.StoredEvent] = []
    searched = place
    for event in _fitting(_group_events(call, span, place)):
        searched = event.place
        if (names is None or event.stream in names) and event.stream.startswith(prefix) and matches(event.message):
            found.append(event)
            if len(found) == limit:
                break
    output: dict[str, Any] = {
        "events": [_shown(event) | {"logStreamName": event.stream, "eventId": f"{event.id:056}"} for event in found],
        "searchedLogStreams": [],  # AWS's answer since 2020
    }
    if store.events_after(database, span, searched, 1):
        output["nextToken"] = token_of(searched)
    return output


def _group_events(call: Call, span: store.Span, place: store.Place) -> Iterator[store.StoredEvent]:
    while events := store.events_after(call.accounts.database, span, place, 1000):
        yield from events
        place = events[-1].place


def _fitting(events: Iterable[store.StoredEvent]) -> Iterator[store.StoredEvent]:
    """Yield events until a page is full; the first is there however large it is."""
    size = 0
    for event in events:
        size += len(event.message) + _EVENT_OVERHEAD
        if size > _PAGE_BYTES and size > len(event.message) + _EVENT_OVERHEAD:
            return
        yield event


def _shown(event: store.StoredEvent) -> dict[str, Any]:
    return {"timestamp": event.timestamp, "message": event.message, "ingestionTime": event.ingestion}


OPERATIONS = (
    Operation(
        "PutLogEvents",
        frozenset({"logGroupName", "logStreamName", "logEvents", "sequenceToken"}),
        _read_put,
        lambda call, _: on_stream(call, call.input),
        _put,
    ),
    Operation(
        "GetLogEvents",
        frozenset({"logGroupName", "logStreamName", "startTime", "endTime", "nextToken", "limit", "startFromHead"}),
        lambda call: call.input,
        on_stream,
        _get,
        Access.READS,
    ),
    Operation(
        "FilterLogEvents",
        frozenset(
            {
                "logGroupName",
                "logStreamNames",
                "logStreamNamePrefix",
                "startTime",
                "endTime",
                "filterPattern",
                "nextToken",
                "limit",
                "interleaved",
            }
        ),
        lambda call: call.input,
        on_stream,
        _filter,
        Access.READS,
    ),
)
