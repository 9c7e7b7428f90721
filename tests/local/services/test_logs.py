"""CloudWatch Logs with boto3: groups, streams, events in pages, filters, and AWS's errors."""

from __future__ import annotations

import time
from typing import Any

import pytest

from support.gateway import Gateway
from support.principals import CALLER, allow, make_user, refusal

GROUP = f"arn:aws:logs:us-east-1:{CALLER}:log-group:"


@pytest.fixture(scope="module")
def logs(gateway: Gateway) -> Any:
    return gateway.client("logs", "caller")


@pytest.fixture(scope="module")
def now() -> int:
    return int(time.time() * 1000)


@pytest.fixture(scope="module")
def filled(logs: Any, now: int) -> str:
    """A group with two streams, of five events and of two."""
    logs.create_log_group(logGroupName="filled")
    for stream, count in (("first", 5), ("second", 2)):
        logs.create_log_stream(logGroupName="filled", logStreamName=stream)
        events = [{"timestamp": now + 10 * number, "message": f"{stream} {number}"} for number in range(count)]
        logs.put_log_events(logGroupName="filled", logStreamName=stream, logEvents=events)
    return "filled"


def texts(answer: Any) -> list[str]:
    return [event["message"] for event in answer["events"]]


def test_groups_are_described_in_pages(logs: Any) -> None:
    for name in ("paged/a", "paged/b", "paged/c"):
        logs.create_log_group(logGroupName=name)
    pages = logs.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix="paged/", PaginationConfig={"PageSize": 2}
    )
    groups = [group for page in pages for group in page["logGroups"]]
    assert [group["logGroupName"] for group in groups] == ["paged/a", "paged/b", "paged/c"]
    assert groups[0]["arn"] == f"{GROUP}paged/a:*"
    found = logs.describe_log_groups(logGroupNamePattern="GED/B")["logGroups"]
    assert [group["logGroupName"] for group in found] == ["paged/b"]


def test_streams_are_described_by_name_or_by_their_last_event(logs: Any, filled: str, now: int) -> None:
    streams = logs.describe_log_streams(logGroupName=filled)["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == ["first", "second"]
    assert (streams[0]["firstEventTimestamp"], streams[0]["lastEventTimestamp"]) == (now, now + 40)
    latest = logs.describe_log_streams(logGroupName=filled, orderBy="LastEventTime", descending=True, limit=1)
    assert [stream["logStreamName"] for stream in latest["logStreams"]] == ["first"]


def test_a_stream_is_read_forward_and_backward_in_pages(logs: Any, filled: str) -> None:
    names = {"logGroupName": filled, "logStreamName": "first"}
    page = logs.get_log_events(**names, startFromHead=True, limit=2)
    assert texts(page) == ["first 0", "first 1"]
    page = logs.get_log_events(**names, nextToken=page["nextForwardToken"], limit=2)
    assert texts(page) == ["first 2", "first 3"]
    assert texts(logs.get_log_events(**names, nextToken=page["nextBackwardToken"], limit=2)) == ["first 0", "first 1"]
    latest = logs.get_log_events(**names, limit=2)
    assert texts(latest) == ["first 3", "first 4"]
    end = logs.get_log_events(**names, nextToken=latest["nextForwardToken"])
    assert (texts(end), end["nextForwardToken"]) == ([], latest["nextForwardToken"])


def test_a_stream_is_read_between_two_times(logs: Any, filled: str, now: int) -> None:
    answer = logs.get_log_events(
        logGroupName=filled, logStreamName="first", startTime=now + 10, endTime=now + 30, startFromHead=True
    )
    assert texts(answer) == ["first 1", "first 2"]


FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "everything": ({}, ["first 0", "second 0", "first 1", "second 1", "first 2", "first 3", "first 4"]),
    "a term": ({"filterPattern": "second"}, ["second 0", "second 1"]),
    "two terms": ({"filterPattern": "first 3"}, ["first 3"]),
    "a phrase": ({"filterPattern": '"first 3"'}, ["first 3"]),
    "one of two terms": ({"filterPattern": "?3 ?4"}, ["first 3", "first 4"]),
    "without a term": ({"filterPattern": "-first"}, ["second 0", "second 1"]),
    "a stream": ({"logStreamNames": ["second"]}, ["second 0", "second 1"]),
    "streams by prefix": ({"logStreamNamePrefix": "sec"}, ["second 0", "second 1"]),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_group_is_filtered(name: str, logs: Any, filled: str) -> None:
    settings, expected = FILTERS[name]
    assert texts(logs.filter_log_events(logGroupName=filled, **settings)) == expected


def test_filtered_events_come_in_pages_and_say_where_they_stand(logs: Any, filled: str) -> None:
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=filled, filterPattern="first", PaginationConfig={"PageSize": 2}
    )
    events = [event for page in pages for event in page["events"]]
    assert [event["message"] for event in events] == [f"first {number}" for number in range(5)]
    assert {event["logStreamName"] for event in events} == {"first"}
    assert len({event["eventId"] for event in events}) == 5


def test_events_outside_the_time_that_is_taken_are_rejected(logs: Any, filled: str, now: int) -> None:
    logs.create_log_stream(logGroupName=filled, logStreamName="rejected")
    old, late = now - 15 * 86_400_000, now + 3 * 3_600_000
    put = {"logGroupName": filled, "logStreamName": "rejected"}
    answer = logs.put_log_events(**put, logEvents=[{"timestamp": old, "message": "old"}])
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    events = [{"timestamp": now, "message": "kept"}, {"timestamp": late, "message": "late"}]
    assert logs.put_log_events(**put, logEvents=events)["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    assert texts(logs.get_log_events(**put)) == ["kept"]


REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a group that exists": (
        "create_log_group",
        {"logGroupName": "filled"},
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    ),
    "a stream that exists": (
        "create_log_stream",
        {"logGroupName": "filled", "logStreamName": "first"},
        "ResourceAlreadyExistsException",
        "The specified log stream already exists",
    ),
    "no such group": (
        "filter_log_events",
        {"logGroupName": "absent"},
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    ),
    "no such stream": (
        "get_log_events",
        {"logGroupName": "filled", "logStreamName": "absent"},
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    ),
    "a token of nobody's": (
        "get_log_events",
        {"logGroupName": "filled", "logStreamName": "first", "nextToken": "x"},
        "InvalidParameterException",
        "The specified nextToken is invalid.",
    ),
    "events out of order": (
        "put_log_events",
        {
            "logGroupName": "filled",
            "logStreamName": "first",
            "logEvents": [{"timestamp": 2, "message": "b"}, {"timestamp": 1, "message": "a"}],
        },
        "InvalidParameterException",
        "Log events in a single PutLogEvents request must be in chronological order.",
    ),
    "a pattern that isn't served": (
        "filter_log_events",
        {"logGroupName": "filled", "filterPattern": "{ $.a = 1 }"},
        "NotImplemented",
        "crossgrant doesn't serve JSON, column or regex patterns: { $.a = 1 }",
    ),
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", REFUSED)
def test_a_request_is_refused_in_awss_words(name: str, logs: Any) -> None:
    operation, settings, code, message = REFUSED[name]
    assert refusal(getattr(logs, operation), **settings) == (code, message)


@pytest.mark.usefixtures("filled")
def test_access_to_a_group_takes_the_arn_of_its_streams(gateway: Gateway) -> None:
    """A request names `log-group:NAME:log-stream:…`, so a policy for the bare group's ARN allows nothing."""
    for name, resource in (("bare", f"{GROUP}filled"), ("starred", f"{GROUP}filled:*")):
        key = make_user(gateway, "caller", f"reader-{name}", allow("logs:FilterLogEvents", resource))
        client = gateway.client("logs", "caller", key)
        if name == "starred":
            assert texts(client.filter_log_events(logGroupName="filled"))
        else:
            answer = refusal(client.filter_log_events, logGroupName="filled")
            assert answer[0] == "AccessDeniedException"
            assert f"logs:FilterLogEvents on resource: {GROUP}filled:log-stream: because" in answer[1]
