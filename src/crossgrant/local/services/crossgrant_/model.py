"""The model of crossgrant's own operations, in the form of AWS's models."""

from __future__ import annotations

from typing import Any

_STRING = {"type": "string"}


def _operation(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "http": {"method": "POST", "requestUri": "/"},
        "input": {"shape": f"{name}Request"},
        "output": {"shape": f"{name}Response"},
    }


MODEL: dict[str, Any] = {
    "metadata": {
        "apiVersion": "2026-11-24",
        "endpointPrefix": "crossgrant",
        "jsonVersion": "1.1",
        "protocol": "json",
        "serviceFullName": "crossgrant",
        "serviceId": "crossgrant",
        "signatureVersion": "v4",
        "targetPrefix": "Crossgrant_20261124",
    },
    "operations": {
        name: _operation(name) for name in ("AdvanceClock", "ListDecisions", "SaveSnapshot", "LoadSnapshot")
    },
    "shapes": {
        "String": _STRING,
        "Double": {"type": "double"},
        "Boolean": {"type": "boolean"},
        "Json": {"type": "string"},
        "Integer": {"type": "integer", "min": 1, "max": 1000},
        "AdvanceClockRequest": {
            "type": "structure",
            "required": ["Seconds"],
            "members": {"Seconds": {"shape": "Double"}},
        },
        "AdvanceClockResponse": {
            "type": "structure",
            "members": {"Now": {"shape": "Double"}, "AdvancedBy": {"shape": "Double"}},
        },
        "SaveSnapshotRequest": {"type": "structure", "required": ["Path"], "members": {"Path": {"shape": "Path"}}},
        "SaveSnapshotResponse": {"type": "structure", "members": {"Bytes": {"shape": "Long"}}},
        "LoadSnapshotRequest": {"type": "structure", "required": ["Path"], "members": {"Path": {"shape": "Path"}}},
        "LoadSnapshotResponse": {"type": "structure", "members": {}},
        "Path": {"type": "string", "min": 1},
        "Long": {"type": "long"},
        "ListDecisionsRequest": {
            "type": "structure",
            "members": {
                "RequestId": {"shape": "String"},
                "Limit": {"shape": "Integer"},
                "Trace": {"shape": "Boolean"},
            },
        },
        "ListDecisionsResponse": {"type": "structure", "members": {"Requests": {"shape": "RequestList"}}},
        "RequestList": {"type": "list", "member": {"shape": "Request"}},
        "Request": {
            "type": "structure",
            "members": {
                "Time": {"shape": "Double"},
                "RequestId": {"shape": "String"},
                "Caller": {"shape": "String"},
                "Region": {"shape": "String"},
                "Service": {"shape": "String"},
                "Operation": {"shape": "String"},
                "Status": {"shape": "StatusCode"},
                "ErrorCode": {"shape": "String"},
                "Decisions": {"shape": "DecisionList"},
            },
        },
        "StatusCode": {"type": "integer"},
        "DecisionList": {"type": "list", "member": {"shape": "Decision"}},
        "Decision": {
            "type": "structure",
            "members": {
                "Action": {"shape": "String"},
                "Resource": {"shape": "String"},
                "Decision": {"shape": "String"},
                "DecidedBy": {"shape": "DecidedByList"},
                "Evaluation": {"shape": "Json"},
                "Conditions": {"shape": "Json"},
            },
        },
        "DecidedByList": {"type": "list", "member": {"shape": "DecidedBy"}},
        "DecidedBy": {
            "type": "structure",
            "members": {
                "Layer": {"shape": "String"},
                "Kind": {"shape": "String"},
                "Policy": {"shape": "String"},
                "Pointer": {"shape": "String"},
                "Sid": {"shape": "String"},
            },
        },
    },
}
