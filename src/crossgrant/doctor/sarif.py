"""A diagnosis as SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crossgrant import __version__
from crossgrant.doctor.cause import Cause

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(results: Iterable[tuple[Cause, str, str]], artifact: str) -> dict[str, Any]:
    """Return a log with one result for each (cause, message, place); `artifact` is the file that it is shown at."""
    listed = list(results)
    rules = {cause.id: cause for cause, _, _ in listed}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "crossgrant",
                        "version": __version__,
                        "rules": [_rule(cause) for cause in rules.values()],
                    }
                },
                "results": [_result(cause, message, place, artifact) for cause, message, place in listed],
            }
        ],
    }


def _rule(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "shortDescription": {"text": cause.title},
        "fullDescription": {"text": cause.meaning},
        "help": {"text": cause.fix},
        "helpUri": cause.page,
        "defaultConfiguration": {"level": _level(cause)},
    }


def _result(cause: Cause, message: str, place: str, artifact: str) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": artifact}}}
    if place:
        location["logicalLocations"] = [{"fullyQualifiedName": place}]
    return {"ruleId": cause.id, "level": _level(cause), "message": {"text": message}, "locations": [location]}


def _level(cause: Cause) -> str:
    return "warning" if cause.warning else "error"
