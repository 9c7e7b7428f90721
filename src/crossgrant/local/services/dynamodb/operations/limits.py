"""DescribeLimits, DescribeEndpoints and DescribeContinuousBackups: what there is to say without AWS behind it.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeEndpoints.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
"""

from __future__ import annotations

from crossgrant.local.operation import Access, Call, Need, Operation, Output, ServiceError
from crossgrant.local.services.dynamodb import access
from crossgrant.local.services.dynamodb.operations.tables import NAMED, read_name
from crossgrant.local.services.dynamodb.shapes import Structure
from crossgrant.local.services.dynamodb.target import Target

NOTHING = Structure("DescribeLimitsInput")

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#default-limits-throughput
_LIMITS = {
    "AccountMaxReadCapacityUnits": 80_000,
    "AccountMaxWriteCapacityUnits": 80_000,
    "TableMaxReadCapacityUnits": 40_000,
    "TableMaxWriteCapacityUnits": 40_000,
}
_CACHED_MINUTES = 1440


def read_nothing(call: Call) -> None:
    """Check a request without members."""
    NOTHING.check(call.input)


def needs_limits(call: Call, _nothing: None) -> tuple[Need, ...]:
    """Return the decision on dynamodb:DescribeLimits, which has no resource."""
    return (Need("dynamodb:DescribeLimits", "*", call.account_id),)


def serve_limits(_call: Call, _nothing: None) -> Output:
    """Return AWS's default quotas; none is enforced."""
    return _LIMITS


def needs_endpoints(call: Call, _nothing: None) -> tuple[Need, ...]:
    """Return the decision on dynamodb:DescribeEndpoints, which has no resource."""
    return (Need("dynamodb:DescribeEndpoints", "*", call.account_id),)


def serve_endpoints(call: Call, _nothing: None) -> Output:
    """Return the gateway's own address, so that endpoint discovery leads back here."""
    address = call.accounts.endpoint.partition("://")[2] or f"dynamodb.{call.region}.amazonaws.com"
    return {"Endpoints": [{"Address": address, "CachePeriodInMinutes": _CACHED_MINUTES}]}


def needs_backups(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:DescribeContinuousBackups."""
    return (access.need(call, target, "dynamodb:DescribeContinuousBackups", {}),)


def serve_backups(_call: Call, target: Target) -> Output:
    """Return what AWS says of a table without point-in-time recovery."""
    if target.table is None:
        raise ServiceError("TableNotFoundException", f"Table not found: {target.name}")
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
        }
    }


OPERATIONS = (
    Operation("DescribeLimits", NOTHING.names, read_nothing, needs_limits, serve_limits, Access.READS),
    Operation("DescribeEndpoints", NOTHING.names, read_nothing, needs_endpoints, serve_endpoints, Access.READS),
    Operation("DescribeContinuousBackups", NAMED.names, read_name, needs_backups, serve_backups, Access.READS),
)
