"""Log groups and streams: create them, describe them.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

from __future__ import annotations

from typing import Any

from crossgrant.local.operation import Access, Call, Operation, Output, ServiceError
from crossgrant.local.services.logs import delivery, store
from crossgrant.local.services.logs.needs import on_stream
from crossgrant.local.services.logs.pages import page


def group_of(call: Call) -> store.LogGroup:
    """Return the log group that the input names, everything delivered so far included.

    Raises:
        ServiceError: ResourceNotFoundException.

    """
    delivery.flush(call.accounts)
    return store.existing_group(call.accounts.database, call.account_id, call.region, call.input["logGroupName"])


def milliseconds(call: Call) -> int:
    """Return the gateway's time as CloudWatch Logs counts it."""
    return int(call.now * 1000)


def _create_group(call: Call, values: dict[str, Any]) -> Output:
    store.create_group(call.accounts.database, call.account_id, call.region, values["logGroupName"], milliseconds(call))
    return {}


def _create_stream(call: Call, values: dict[str, Any]) -> Output:
    store.create_stream(call.accounts.database, group_of(call), values["logStreamName"], milliseconds(call))
    return {}


def _describe_groups(call: Call, values: dict[str, Any]) -> Output:
    delivery.flush(call.accounts)
    prefix, part = values.get("logGroupNamePrefix", ""), values.get("logGroupNamePattern", "")
    if prefix and part:
        text = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        raise ServiceError("InvalidParameterException", text)
    groups = [
        {
            "logGroupName": group.name,
            "creationTime": group.created,
            "metricFilterCount": 0,
            "arn": f"{(arn := store.group_arn(group.region, group.account, group.name))}:*",
            "logGroupArn": arn,
            "storedBytes": group.stored_bytes,
            "logGroupClass": "STANDARD",
        }
        for group in store.list_groups(call.accounts.database, call.account_id, call.region)
        if group.name.startswith(prefix) and part.lower() in group.name.lower()
    ]
    return page("logGroups", groups, values)


def _describe_streams(call: Call, values: dict[str, Any]) -> Output:
    group, prefix = group_of(call), values.get("logStreamNamePrefix", "")
    streams = [stream for stream in store.list_streams(call.accounts.database, group) if stream.name.startswith(prefix)]
    if values.get("orderBy") == "LastEventTime":
        if prefix:
            text = "Cannot order by LastEventTime with a logStreamNamePrefix."
            raise ServiceError("InvalidParameterException", text)
        streams.sort(key=lambda stream: stream.last_event or 0)
    if values.get("descending"):
        streams.reverse()
    arn = store.group_arn(group.region, group.account, group.name)
    described = [
        {
            "logStreamName": stream.name,
            "creationTime": stream.created,
            "firstEventTimestamp": stream.first_event,
            "lastEventTimestamp": stream.last_event,
            "lastIngestionTime": stream.last_ingestion,
            "arn": f"{arn}:log-stream:{stream.name}",
            "storedBytes": 0,  # AWS's answer since 2019
        }
        for stream in streams
    ]
    return page("logStreams", described, values)


OPERATIONS = (
    Operation("CreateLogGroup", frozenset({"logGroupName"}), lambda call: call.input, on_stream, _create_group),
    Operation(
        "CreateLogStream",
        frozenset({"logGroupName", "logStreamName"}),
        lambda call: call.input,
        on_stream,
        _create_stream,
    ),
    Operation(
        "DescribeLogGroups",
        frozenset({"logGroupNamePrefix", "logGroupNamePattern", "nextToken", "limit"}),
        lambda call: call.input,
        on_stream,
        _describe_groups,
        Access.READS,
    ),
    Operation(
        "DescribeLogStreams",
        frozenset({"logGroupName", "logStreamNamePrefix", "orderBy", "descending", "nextToken", "limit"}),
        lambda call: call.input,
        on_stream,
        _describe_streams,
        Access.READS,
    ),
)
