"""The vocabulary of the story: calls, steps, and what each step should end in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

# What an operation takes: JSON, and a function's folder, sent as a zip.
Value: TypeAlias = "str | float | bool | Path | Sequence[Value] | Mapping[str, Value] | None"


@dataclass(frozen=True, slots=True)
class Call:
    """One API operation, signed by the identity that `profile` names."""

    profile: str
    service: str
    operation: str  # as boto3 names it: assume_role
    parameters: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Wait:
    """One of boto3's waiters."""

    profile: str
    service: str
    waiter: str
    parameters: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class AdvanceClock:
    """The operator's call that moves the gateway's clock."""

    minutes: int


Act: TypeAlias = Call | Wait | AdvanceClock


class Layer(StrEnum):
    """Where a denial was decided, by AWS's name of the check."""

    PRINCIPAL = "PRINCIPAL"  # the policies of whoever calls
    RESOURCE = "RESOURCE"  # the policy of what is called


@dataclass(frozen=True, slots=True)
class Done:
    """The last act succeeds; a function returns `value` where one is given."""

    value: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The last act fails with AWS's `code`, on an IAM action, because of a layer; None where IAM decides nothing."""

    code: str
    action: str | None = None
    by: Layer | None = None
    saying: str | None = None  # a part of the message


Expected: TypeAlias = Done | Refused


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the story; the last act is the one that counts, those before it must succeed."""

    id: str
    title: str
    acts: tuple[Act, ...]
    expected: Expected = Done()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Steps that belong together."""

    title: str
    steps: tuple[Step, ...]
