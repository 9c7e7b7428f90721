"""crossgrant's own operations in one table."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from crossgrant.iam import conditions_json, evaluate, evaluation_json
from crossgrant.local.audit import AuditEntry
from crossgrant.local.authorization.authorize import Decided
from crossgrant.local.operation import Access, Call, Need, Operation, Output, Service, ServiceError
from crossgrant.local.restore import restore
from crossgrant.local.services.crossgrant_.schema import keep_clock
from crossgrant.local.state import StateError
from crossgrant.local.state.snapshot import opened_snapshot, save_snapshot

_DEFAULT_LIMIT = 100


def _on_gateway(call: Call, _: object) -> tuple[Need, ...]:
    return (Need(f"crossgrant:{call.operation}", "*", call.account_id),)


def _advance_clock(call: Call, values: dict[str, Any]) -> Output:
    clock = call.accounts.clock
    if values["Seconds"] < 0:
        raise ServiceError("InvalidParameterException", "the clock only goes forward: give a number of seconds above 0")
    clock.advanced += values["Seconds"]
    keep_clock(call.accounts.database, clock.advanced)
    return {"Now": clock(), "AdvancedBy": clock.advanced}


def _path(call: Call) -> Path:
    path = Path(call.input["Path"])
    if not path.is_absolute():
        raise ServiceError("InvalidParameterException", f"`{path}` is no absolute path")
    return path


async def _save_snapshot(call: Call, path: Path) -> Output:
    try:
        return {"Bytes": await asyncio.to_thread(save_snapshot, call.accounts.database, path)}
    except StateError as error:
        raise ServiceError("SnapshotFailed", f"{error.message}: {error.help}") from None


async def _load_snapshot(call: Call, path: Path) -> Output:
    try:
        with opened_snapshot(path) as snapshot:
            restore(call.accounts, snapshot)
    except StateError as error:
        raise ServiceError("SnapshotFailed", f"{error.message}: {error.help}") from None
    return {}


def _list_decisions(call: Call, values: dict[str, Any]) -> Output:
    entries = [entry for entry in call.accounts.trail.entries if values.get("RequestId") in (None, entry.request_id)]
    wanted = entries[-values.get("Limit", _DEFAULT_LIMIT) :]
    return {"Requests": [_request(entry, trace=values.get("Trace", False)) for entry in wanted]}


def _request(entry: AuditEntry, *, trace: bool) -> dict[str, Any]:
    return {
        "Time": entry.time,
        "RequestId": entry.request_id,
        "Caller": entry.caller_arn,
        "Region": entry.region,
        "Service": entry.service,
        "Operation": entry.operation,
        "Status": entry.status,
        "ErrorCode": entry.error_code,
        "Decisions": [_decision(decided, trace=trace) for decided in entry.decisions],
    }


def _decision(decided: Decided, *, trace: bool) -> dict[str, Any]:
    evaluation = decided.evaluation
    traced = evaluate(decided.request, decided.policies, trace=True) if trace else None
    return {
        "Action": decided.request.action,
        "Resource": decided.request.resource,
        "Decision": evaluation.decision.value,
        "DecidedBy": [
            {
                "Layer": each.layer,
                "Kind": each.kind,
                "Policy": each.policy,
                "Pointer": each.pointer,
                "Sid": each.sid,
            }
            for each in evaluation.decided_by
        ],
        "Evaluation": traced and json.dumps(evaluation_json(decided.request, decided.policies, traced)),
        "Conditions": traced and json.dumps(conditions_json(traced)),
    }


SERVICE = Service(
    name="crossgrant",
    model="crossgrant",
    operations={
        "AdvanceClock": Operation(
            "AdvanceClock", frozenset({"Seconds"}), lambda call: call.input, _on_gateway, _advance_clock
        ),
        "ListDecisions": Operation(
            "ListDecisions",
            frozenset({"RequestId", "Limit", "Trace"}),
            lambda call: call.input,
            _on_gateway,
            _list_decisions,
            Access.READS,
        ),
        "SaveSnapshot": Operation(
            "SaveSnapshot", frozenset({"Path"}), _path, _on_gateway, _save_snapshot, Access.AWAITS
        ),
        "LoadSnapshot": Operation(
            "LoadSnapshot", frozenset({"Path"}), _path, _on_gateway, _load_snapshot, Access.AWAITS
        ),
    },
)
