"""The access that the operations of CloudWatch Logs need.

A request names `log-group:NAME:log-stream:STREAM`, the stream empty where the operation names none, which is why
policies end in `:*`.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html#CWL_ARN_Format
"""

from __future__ import annotations

from typing import Any

from crossgrant.local.operation import Call, Need
from crossgrant.local.services.logs.store import group_arn


def on_stream(call: Call, values: dict[str, Any]) -> tuple[Need, ...]:
    """Need the operation's action on the group and stream that the input names."""
    return (
        need(
            call.operation,
            call.account_id,
            call.region,
            values.get("logGroupName", ""),
            values.get("logStreamName", ""),
        ),
    )


def need(operation: str, account: str, region: str, group: str, stream: str = "") -> Need:
    """Return the need of one operation on a group or a stream."""
    return Need(f"logs:{operation}", f"{group_arn(region, account, group)}:log-stream:{stream}", account)
