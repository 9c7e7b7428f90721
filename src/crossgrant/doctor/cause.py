"""A cause as data, and what a test of one says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from crossgrant.evidence import NotRead


class Side(StrEnum):
    """Who must act."""

    CALLER = "caller"
    OWNER = "owner"
    BOTH = "both"


class Grade(StrEnum):
    """How sure a finding is, and by whose word."""

    EVALUATED_BY_AWS = "evaluated by AWS"
    REPORTED = "reported in the text"
    EVALUATED = "evaluated here on fetched policies"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Cause:
    """One row of the catalogue. `patterns` are texts that name it by themselves; `like` have the same text."""

    id: str
    title: str
    side: Side
    link: str
    symptom: str
    meaning: str
    fix: str
    page: str
    patterns: tuple[re.Pattern[str], ...] = ()
    like: tuple[str, ...] = ()
    shares: str | None = None

    @property
    def warning(self) -> bool:
        """Whether it works all the same: an unsafe grant or a trap, not a failure."""
        return self.id[0] in "WT"

    def named_by(self, text: str) -> bool:
        """Return whether `text` names this cause by itself."""
        return any(pattern.search(text) for pattern in self.patterns)


@cache
def catalogue() -> Mapping[str, Cause]:
    """Return every cause by its id, in the catalogue's order."""
    rows = tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text(encoding="utf-8"))
    symptoms = {identifier: row.get("symptom", "") for identifier, row in rows.items()}
    return MappingProxyType({identifier: _cause(identifier, row, symptoms) for identifier, row in rows.items()})


def _cause(identifier: str, row: dict[str, object], symptoms: Mapping[str, str]) -> Cause:
    shares = row.get("shares")
    fields = {name: str(row[name]) for name in ("title", "link", "meaning", "fix", "page")}
    patterns, like = row.get("patterns", ()), row.get("like", ())
    assert isinstance(patterns, list | tuple)
    assert isinstance(like, list | tuple)
    return Cause(
        identifier,
        side=Side(str(row["side"])),
        symptom=symptoms[identifier] or symptoms.get(str(shares), ""),
        patterns=tuple(re.compile(each) for each in patterns),
        like=tuple(like),
        shares=str(shares) if shares else None,
        **fields,
    )


# What a test says of its cause ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """What a fix changes: `part` of the thing called `name` on one side, `policy` where the part is one of several."""

    side: Side
    part: str
    name: str
    policy: str = ""

    def __str__(self) -> str:
        match self.part:
            case "trust":
                return f"trust policy of role {self.name}"
            case "policy":
                return f"policy {self.policy} of role {self.name}"
            case "boundary":
                return f"permissions boundary {self.policy} of role {self.name}"
            case "session":
                return f"AssumeRole call of {self.name}"
            case "function":
                return f"configuration of function {self.name}"
            case _:
                return f"{self.part} of {self.name}"


@dataclass(frozen=True, slots=True)
class Fix:
    """The smallest remedy: a patch (RFC 6902) of one document. `patch` is empty where no document shows the fault."""

    target: Target
    patch: tuple[Mapping[str, object], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """The cause holds: `at` is the place that decided, `side` who must act where the catalogue's row leaves it open."""

    why: str
    at: str = ""
    side: Side | None = None
    fix: Fix | None = None
    grade: Grade = Grade.EVALUATED


@dataclass(frozen=True, slots=True)
class RuledOut:
    """The cause does not hold."""

    why: str


@dataclass(frozen=True, slots=True)
class Open:
    """The cause may hold; `unread` is what would tell."""

    why: str
    unread: tuple[NotRead, ...] = ()
    fix: Fix | None = None
    at: str = ""


Finding: TypeAlias = Found | RuledOut | Open
