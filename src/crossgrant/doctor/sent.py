"""What an AssumeRole call sends beside the role: by a CloudTrail event, the grant file, or the function's environment.

The environment's names are those that a grant derives: EXTERNAL_ID, SOURCE_IDENTITY, SESSION_TAGS (a JSON object).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from crossgrant.doctor.expected import Expected

EXTERNAL_ID, SOURCE_IDENTITY, SESSION_TAGS = "EXTERNAL_ID", "SOURCE_IDENTITY", "SESSION_TAGS"


@dataclass(frozen=True, slots=True)
class Sent:
    """The parameters that are known; where `whole`, what is None is known not to be sent."""

    external_id: str | None = None
    source_identity: str | None = None
    session_name: str | None = None
    tags: Mapping[str, str] | None = None
    whole: bool = False


def sent_by(parameters: Mapping[str, str], expected: Expected | None, environment: Mapping[str, str]) -> Sent:
    """Return what a call sends; `parameters` are CloudTrail's, by AWS's names."""
    if "roleSessionName" in parameters:
        return Sent(
            parameters.get("externalId"),
            parameters.get("sourceIdentity"),
            parameters["roleSessionName"],
            _tags(parameters.get("tags", "[]")),
            whole=True,
        )
    if expected:
        return Sent(
            parameters.get("externalId", expected.external_id),
            expected.source_identity,
            None,
            expected.tags,
            whole=True,
        )
    told = {**_named(environment), **parameters}
    return Sent(
        told.get("externalId"),
        told.get("sourceIdentity"),
        None,
        _tags(told["tags"]) if "tags" in told else None,
    )


def _named(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment holds, by AWS's names; a word that two variables hold tells nothing."""
    words = {EXTERNAL_ID: "externalId", SOURCE_IDENTITY: "sourceIdentity", SESSION_TAGS: "tags"}
    found = {}
    for word, name in words.items():
        values = [value for variable, value in environment.items() if word in variable.upper()]
        if len(values) == 1:
            found[name] = values[0]
    return found


def _tags(text: str) -> Mapping[str, str] | None:
    """Return tags given as an object, or as AWS's list of key and value."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    match value:
        case dict():
            return {str(key): str(each) for key, each in value.items()}
        case list() if all(isinstance(each, dict) and {"key", "value"} <= each.keys() for each in value):
            return {str(each["key"]): str(each["value"]) for each in value}
    return None
