"""AWS's answers to read-only calls, whoever made them: boto3, or another team's terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from crossgrant.evidence.snapshot import UNREAD, JsonObject, Known, NotRead

MISSING = frozenset({"NoSuchEntity", "ResourceNotFoundException", "PolicyNotFoundException", "NotFoundException"})
"""The codes by which AWS says that something does not exist."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One call and what came of it: a response, or an error code with its message."""

    operation: str
    parameters: Mapping[str, str]
    response: JsonObject = field(default_factory=lambda: MappingProxyType({}))
    error: str | None = None
    message: str = ""

    @property
    def unread(self) -> NotRead:
        """Why this answer tells nothing."""
        return NotRead(f"{self.operation} answered {self.error}" + (f": {self.message}" if self.message else ""))


class Answers:
    """Answers by their operation."""

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self._answers: dict[str, list[Answer]] = {}
        for answer in answers:
            self._answers.setdefault(answer.operation, []).append(answer)

    def every(self, operation: str, **parameters: str) -> list[Answer]:
        """Return the answers to an operation with these parameters, in order."""
        named = self._answers.get(operation, [])
        return [each for each in named if all(each.parameters.get(name) == value for name, value in parameters.items())]

    def first(self, operation: str, **parameters: str) -> Answer | None:
        """Return the first of them, or None."""
        return next(iter(self.every(operation, **parameters)), None)


def document_of(answer: Answer | None, *members: str) -> Known[JsonObject]:
    """Return the document that an answer holds: in its PolicyDocument, or down the members named."""
    if answer is None:
        return UNREAD
    if answer.error:
        return answer.unread
    value: Any = answer.response
    for member in members or ("PolicyDocument",):
        value = value[member]
    return document(value)


def document(value: Any) -> Known[JsonObject]:
    """Return a policy document given as an object, as JSON, or as percent-encoded JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value if value.lstrip().startswith("{") else unquote(value))
        except ValueError:
            return NotRead("the policy document is not JSON")
    return value if isinstance(value, dict) else NotRead("the policy document is not a JSON object")


def epoch_seconds(value: Any) -> float:
    """Return a time: boto3 gives a datetime, the CLI ISO 8601 or seconds."""
    if isinstance(value, datetime):
        return value.timestamp()
    return float(value) if isinstance(value, int | float) else datetime.fromisoformat(value).timestamp()
