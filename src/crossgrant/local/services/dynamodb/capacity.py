"""The capacity that a call consumes, with AWS's numbers.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from crossgrant.local.services.dynamodb.table import Index

Wanted = Literal["NONE", "TOTAL", "INDEXES"]

READ_UNIT = 4096
WRITE_UNIT = 1024


def read_units(size: int, *, consistent: bool) -> float:
    """Return the units of a read of `size` bytes: one for each 4 KB begun, half of it when eventually consistent."""
    units = max(1, -(-size // READ_UNIT))
    return float(units) if consistent else units / 2


def write_units(*sizes: int) -> float:
    """Return the units of a write: one for each KB begun of the larger of the old and the new item, at least one."""
    return float(max(1, *(-(-size // WRITE_UNIT) for size in sizes)))


@dataclass(slots=True)
class Consumed:
    """What one call consumed on one table: of the table itself, and of each index."""

    table_name: str
    table: float = 0.0
    local: dict[str, float] = field(default_factory=dict)
    by_global: dict[str, float] = field(default_factory=dict)

    def add_index(self, index: Index, units: float) -> None:
        """Count `units` for an index."""
        if units:
            counts = self.local if index.local else self.by_global
            counts[index.name] = counts.get(index.name, 0.0) + units

    def add_indexes(self, writes: Iterable[tuple[Index, float]]) -> None:
        """Count the writes to indexes that a write to the table brought about."""
        for index, units in writes:
            self.add_index(index, units)

    def add(self, other: Consumed) -> None:
        """Count what another write to the same table consumed."""
        self.table += other.table
        for counts, more in ((self.local, other.local), (self.by_global, other.by_global)):
            for name, units in more.items():
                counts[name] = counts.get(name, 0.0) + units

    def doubled(self) -> Consumed:
        """Return what the same costs within a transaction."""
        local, by_global = ({name: 2 * units for name, units in each.items()} for each in (self.local, self.by_global))
        return Consumed(self.table_name, 2 * self.table, local, by_global)

    def answer(self, wanted: Wanted, transaction: Literal["Read", "Write"] | None = None) -> dict[str, Any]:
        """Return the API's ConsumedCapacity; a transaction's names its kind of units beside the sum."""
        total = self.table + sum(self.local.values()) + sum(self.by_global.values())
        answer: dict[str, Any] = {"TableName": self.table_name, **_units(total, transaction)}
        if wanted == "INDEXES":
            answer["Table"] = _units(self.table, transaction)
            for name, counts in (("LocalSecondaryIndexes", self.local), ("GlobalSecondaryIndexes", self.by_global)):
                if counts:
                    answer[name] = {index: _units(units, transaction) for index, units in counts.items()}
        return answer


def _units(units: float, transaction: Literal["Read", "Write"] | None) -> dict[str, float]:
    counted = {"CapacityUnits": units}
    if transaction:
        counted[f"{transaction}CapacityUnits"] = units
    return counted
