"""Settings of a table that are stored and shown: its stream, the bounds of its throughput, its class, its encryption.

The texts of AWS's refusals, and their order, are those that the notes of AWS's own controller recorded:
https://github.com/aws-controllers-k8s/dynamodb-controller (docs/api-quirks, DDB-TABLE-027 to -059, -382, -433, -442).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crossgrant.local.services.dynamodb.errors import invalid_parameter, not_served, validation
from crossgrant.local.services.dynamodb.shapes import BOOLEAN, Member, integer, string, structure
from crossgrant.local.services.dynamodb.target import Target

Settings = Mapping[str, Any]

STREAM_SPECIFICATION = Member(
    "StreamSpecification",
    structure(
        "StreamSpecification",
        Member("StreamEnabled", BOOLEAN, required=True),
        Member("StreamViewType", string(enum=("OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE"))),
    ),
)
ON_DEMAND_THROUGHPUT = Member(
    "OnDemandThroughput",
    structure(
        "OnDemandThroughput",
        Member("MaxReadRequestUnits", integer(java="Long")),
        Member("MaxWriteRequestUnits", integer(java="Long")),
    ),
)
WARM_THROUGHPUT = Member(
    "WarmThroughput",
    structure(
        "WarmThroughput",
        Member("ReadUnitsPerSecond", integer(java="Long")),
        Member("WriteUnitsPerSecond", integer(java="Long")),
    ),
)
TABLE_CLASS = Member("TableClass", string(enum=("STANDARD", "STANDARD_INFREQUENT_ACCESS")))
DELETION_PROTECTION = Member("DeletionProtectionEnabled", BOOLEAN)
SSE_SPECIFICATION = Member(
    "SSESpecification",
    structure(
        "SSESpecification",
        Member("Enabled", BOOLEAN),
        Member("SSEType", string(enum=("AES256", "KMS"))),
        Member("KMSMasterKeyId", string(1, 2048)),
    ),
)

_ON_DEMAND = ("MaxReadRequestUnits", "MaxWriteRequestUnits")
_NO_LIMIT = -1
# What a new on-demand table serves at once.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
_INITIAL = {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 4_000}
_INITIAL_PAGE = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
)
_PROVISIONED = {"ReadUnitsPerSecond": "ReadCapacityUnits", "WriteUnitsPerSecond": "WriteCapacityUnits"}


def check_new_stream(given: Mapping[str, Any] | None) -> None:
    """Check the StreamSpecification of a CreateTable.

    Raises:
        ServiceError: a view type without a stream, or a stream without one.

    """
    _check_stream(
        given,
        "Table is being created with a stream enabled, UpdateViewType is required",
        "Table is being created with a stream disabled, UpdateViewType should not be specified",
    )


def check_changed_stream(given: Mapping[str, Any] | None) -> None:
    """Check the StreamSpecification of an UpdateTable.

    Raises:
        ServiceError: a view type without a stream, or a stream without one.

    """
    _check_stream(
        given,
        "If stream is being enabled then UpdateViewType is required",
        "If stream is being disabled, then UpdateViewType must not be specified",
    )


def _check_stream(given: Mapping[str, Any] | None, lacks_type: str, has_type: str) -> None:
    if given is not None and given["StreamEnabled"] != ("StreamViewType" in given):
        raise invalid_parameter(lacks_type if given["StreamEnabled"] else has_type)


def with_new_stream(settings: Settings, target: Target, given: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Return the settings with the stream of a new table, if it has one."""
    return _with_stream(settings, target, given, now) if given["StreamEnabled"] else dict(settings)


def with_changed_stream(settings: Settings, target: Target, given: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Return the settings with the stream enabled, or disabled: then its label and ARN stay.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html

    Raises:
        ServiceError: there is one already, or none.

    """
    enabled = "StreamSpecification" in settings
    if given["StreamEnabled"]:
        if enabled:
            raise validation(f"Table already has an enabled stream: TableName: {target.name}")
        return _with_stream(settings, target, given, now)
    if not enabled:
        raise validation(f"Table has no stream to disable: TableName: {target.name}")
    return {name: value for name, value in settings.items() if name != "StreamSpecification"}


def _with_stream(settings: Settings, target: Target, given: Mapping[str, Any], now: float) -> dict[str, Any]:
    label = datetime.fromtimestamp(now, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return {
        **settings,
        "StreamSpecification": dict(given),
        "LatestStreamLabel": label,
        "LatestStreamArn": f"{target.arn}/stream/{label}",
    }


def check_sse(given: Mapping[str, Any] | None) -> None:
    """Check an SSESpecification; a customer's key is refused by name: there is no embedded KMS yet.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html

    Raises:
        ServiceError: members that don't go together, or a customer's key.

    """
    if given is None:
        return
    for name in ("SSEType", "KMSMasterKeyId"):
        if given.get("Enabled") is False and name in given:
            raise invalid_parameter(f"{name} can not be specified if Enabled is false")
    if given.get("SSEType") == "AES256":
        raise invalid_parameter("SSEType AES256 is not supported")
    if "KMSMasterKeyId" in given:
        if "SSEType" not in given:
            raise invalid_parameter("SSEType KMS is required if KMSMasterKeyId is specified")
        raise not_served("an SSESpecification with a KMSMasterKeyId: no KMS is embedded")


def with_sse(settings: Settings, target: Target, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with encryption by the key that AWS manages, or by AWS's own, which isn't described."""
    others = {name: value for name, value in settings.items() if name != "SSEDescription"}
    if not encrypts_by_kms(given):
        return others
    place = f"{target.region}:{target.account_id}"
    key_id = uuid.uuid5(uuid.NAMESPACE_URL, f"alias/aws/dynamodb of {place}")
    described = {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": f"arn:aws:kms:{place}:key/{key_id}"}
    return {**others, "SSEDescription": described}


def encrypts_by_kms(given: Mapping[str, Any]) -> bool:
    """Return whether an SSESpecification asks for a key in KMS."""
    return bool(given.get("Enabled")) or given.get("SSEType") == "KMS"


def with_on_demand_limits(
    settings: Settings, given: Mapping[str, Any], billing_mode: str, *, new: bool, index: str | None = None
) -> dict[str, Any]:
    """Return the settings of a table, or of `index`, with the most on-demand units; -1 takes a limit away.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html

    Raises:
        ServiceError: the table is provisioned, or a number is out of range.

    """
    where = "table" if index is None else f"index : {index}"
    limits = dict(settings.get("OnDemandThroughput", {}))
    for name in _ON_DEMAND:
        if name not in given:
            continue
        if billing_mode == "PROVISIONED":
            suffix = "" if index is None else f" for index : {index}"
            raise invalid_parameter(
                f"{name} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED{suffix}"
            )
        limits[name] = given[name]
        if given[name] < 1 and (new or given[name] != _NO_LIMIT):
            raise invalid_parameter(f"Requested {name} for OnDemandThroughput for {where} is outside of valid range")
    limits = {name: limit for name, limit in limits.items() if limit != _NO_LIMIT}
    others = {name: value for name, value in settings.items() if name != "OnDemandThroughput"}
    return {**others, "OnDemandThroughput": limits} if limits else others


def without_on_demand_limits(settings: Settings) -> dict[str, Any]:
    """Return the settings as a change of the billing mode leaves them."""
    return {name: value for name, value in settings.items() if name != "OnDemandThroughput"}


def with_new_warm_throughput(
    settings: Settings, given: Mapping[str, Any], provisioned: Mapping[str, int] | None, index: str | None = None
) -> dict[str, Any]:
    """Return the settings of a new table, or of a new `index`, with what it serves at once.

    Args:
        settings: the other settings.
        given: the WarmThroughput that was asked for, or nothing.
        provisioned: its ProvisionedThroughput, None when it is billed on demand.
        index: the index's name, None for the table.

    Raises:
        ServiceError: less was asked for than the table has in any case.

    """
    least = {name: provisioned[units] for name, units in _PROVISIONED.items()} if provisioned else _INITIAL
    where = "for table" if index is None else f"for index {index}"
    for name, units in least.items():
        if given.get(name, units) < units:
            than = (
                f"{_PROVISIONED[name]} of ProvisionedThroughput"
                if provisioned
                else f"initial throughput for OnDemand. See: {_INITIAL_PAGE}"
            )
            raise invalid_parameter(f"Requested {name} for WarmThroughput {where} is lower than {than}")
    return {**settings, "WarmThroughput": {**least, **given, "Status": "ACTIVE"}}


def with_raised_warm_throughput(
    settings: Settings, given: Mapping[str, Any], index: str | None = None
) -> dict[str, Any]:
    """Return the settings of a table, or of `index`, with more served at once.

    Raises:
        ServiceError: less is asked for.

    """
    current = settings["WarmThroughput"]
    where = "for table" if index is None else f"for index {index}"
    for name, units in given.items():
        if units < current[name]:
            raise invalid_parameter(
                f"Requested {name} for WarmThroughput {where} is lower than current WarmThroughput, "
                "decreasing WarmThroughput is not supported"
            )
    return {**settings, "WarmThroughput": {**current, **given}}


def with_warm_throughput_of(settings: Settings, read: int, write: int, billing_mode: str) -> dict[str, Any]:
    """Return the settings with warm throughput that follows a change of billing or capacity: it never falls."""
    current = settings["WarmThroughput"]
    least = _INITIAL if billing_mode == "PAY_PER_REQUEST" else dict(zip(_PROVISIONED, (read, write), strict=True))
    raised = {name: max(current[name], units) for name, units in least.items()}
    return {**settings, "WarmThroughput": {**current, **raised}}


def with_table_class(settings: Settings, given: str, changed: float | None = None) -> dict[str, Any]:
    """Return the settings with the table's class, and when it was changed; a table is STANDARD without saying so."""
    current = settings.get("TableClassSummary", {"TableClass": "STANDARD"})
    if changed is not None and current["TableClass"] == given:
        return dict(settings)
    since = {} if changed is None else {"LastUpdateDateTime": round(changed, 3)}
    return {**settings, "TableClassSummary": {"TableClass": given, **since}}
