"""One write of one item, by itself or as part of a transaction: condition, change, and what came of it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crossgrant.local.services.dynamodb import item_text, ranges, store
from crossgrant.local.services.dynamodb.capacity import Consumed, write_units
from crossgrant.local.services.dynamodb.errors import EmptyKeyError, condition_failed, invalid_parameter, validation
from crossgrant.local.services.dynamodb.expressions import BoundUpdate, Condition, DocumentPath
from crossgrant.local.services.dynamodb.keys import Key, check_index_keys, key_of, key_of_item
from crossgrant.local.services.dynamodb.store import IndexWrites
from crossgrant.local.services.dynamodb.table import Table
from crossgrant.local.services.dynamodb.values import MAX_ITEM_SIZE, Item, check_item, item_size

if TYPE_CHECKING:
    from crossgrant.local.state import Database

NESTED_KEY = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: {}"
UPDATE_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"


@dataclass(slots=True)
class Written:
    """What a write did: the item's place, the item before and after, and the sizes and index writes that count."""

    key: Key
    old_text: bytes | None
    old_size: int
    new: Item | None
    new_size: int
    index_writes: IndexWrites

    def consumed(self, table_name: str, factor: int = 1) -> Consumed:
        """Return the capacity consumed; a transaction counts each unit twice."""
        consumed = Consumed(table_name, write_units(self.old_size, self.new_size) * factor)
        consumed.add_indexes((index, units * factor) for index, units in self.index_writes)
        return consumed


@dataclass(frozen=True, slots=True)
class Conditional:
    """The condition of a write, and whether its failure shows the item."""

    condition: Condition | None = None
    return_item: bool = False

    def check(self, text: bytes | None) -> None:
        """Check the condition against the item as it lies in the store; errors as `check_item`."""
        if self.condition is not None:
            self.check_item(None if text is None else item_text.decode(text))

    def check_item(self, item: Item | None) -> None:
        """Check the condition against an item, None for none.

        Raises:
            ServiceError: ConditionalCheckFailedException.

        """
        if self.condition is not None and not self.condition.test(item or {}):
            raise condition_failed(item if self.return_item else None)

    def check_paths(self, table: Table) -> None:
        """Check that no path looks inside a key attribute."""
        if self.condition is not None:
            check_key_paths(table, self.condition.paths)


UNCONDITIONAL = Conditional()


def check_key_paths(table: Table, paths: tuple[DocumentPath, ...]) -> None:
    """Check that no path looks inside a key attribute, which is a scalar.

    Raises:
        ServiceError: AWS's text.

    """
    for path in paths:
        if len(path) > 1 and path[0] in table.key.names:
            raise validation(NESTED_KEY.format(path[0]))


def put(  # noqa: PLR0913 - one write
    database: Database,
    table: Table,
    item: Item,
    size: int,
    conditional: Conditional,
    *,
    needs_old: bool,
    key: Key | None = None,
) -> Written:
    """Put an item, whose values were checked and which has that size.

    Args:
        database: where the table lies.
        table: the table.
        item: the item.
        size: its size in bytes.
        conditional: the condition.
        needs_old: whether the caller wants the old item, or the capacity, to which its size counts.
        key: the item's place, where the caller knows it.

    """
    if key is None:
        key = key_of_item(table.key, item)
    if table.indexes:
        check_index_keys(table.index_keys, item)
    conditional.check_paths(table)
    stored = None
    if needs_old or conditional.condition is not None or table.indexes or table.expiry_attribute:
        stored = store.get(database, table, key)
    text = None if stored is None else stored.text
    conditional.check(text)
    old = item_text.decode(text) if text is not None and (table.indexes or table.expiry_attribute) else None
    index_writes = store.put(database, table, key, item, size, old)
    return Written(key, text, 0 if stored is None else stored.size, item, size, index_writes)


def delete(database: Database, table: Table, wanted: Item, conditional: Conditional) -> Written:
    """Delete the item with the key `wanted`, if there is one."""
    key = key_of(table.key, wanted)
    conditional.check_paths(table)
    stored = store.get(database, table, key)
    text = None if stored is None else stored.text
    conditional.check(text)
    if stored is None:
        return Written(key, None, 0, None, 0, [])
    old = item_text.decode(stored.text) if table.indexes or table.expiry_attribute else None
    return Written(key, text, stored.size, None, 0, store.delete(database, table, key, old))


def update(
    database: Database, table: Table, wanted: Item, change: BoundUpdate | None, conditional: Conditional
) -> Written:
    """Change the item with the key `wanted`, or make it."""
    key = key_of(table.key, wanted)
    if change is not None:
        for path in change.paths:
            if path[0] in table.key.names:
                raise invalid_parameter(f"Cannot update attribute {path[0]}. This attribute is part of the key")
        check_key_paths(table, change.read_paths)
    conditional.check_paths(table)
    stored = store.get(database, table, key)
    text = None if stored is None else stored.text
    old: Item | None = None if text is None else item_text.decode(text)
    conditional.check_item(old)
    base = dict(wanted) if old is None else old
    new = base if change is None else change.apply(base)
    _check_updated(table, new, change)
    size = item_size(new) if stored is None else stored.size + _growth(base, new, change)
    if size > MAX_ITEM_SIZE:
        raise validation(UPDATE_TOO_LARGE)
    index_writes = store.put(database, table, key, new, size, old)
    return Written(key, text, 0 if stored is None else stored.size, new, size, index_writes)


def _growth(old: Item, new: Item, change: BoundUpdate | None) -> int:
    """Return by how many bytes an update made an item grow: only the attributes that it names are looked at."""
    if change is None:
        return 0
    heads = {str(path[0]) for path in change.paths}
    return item_size({name: new[name] for name in heads if name in new}) - item_size(
        {name: old[name] for name in heads if name in old}
    )


def _check_updated(table: Table, new: Item, change: BoundUpdate | None) -> None:
    """Check that the updated attributes that are keys of indexes fit them, and that nothing nests too deep."""
    if change is None:
        return
    if any(len(path) > 1 for path in change.paths):
        check_item(new)
    if table.indexes:
        try:
            check_index_keys(table.index_keys, new)
        except EmptyKeyError as error:
            raise error.by_update() from None


def check_condition(database: Database, table: Table, wanted: Item, conditional: Conditional) -> Written:
    """Check the condition on the item with the key `wanted`, and change nothing."""
    key = key_of(table.key, wanted)
    conditional.check_paths(table)
    stored = store.get(database, table, key)
    text = None if stored is None else stored.text
    conditional.check(text)
    size = 0 if stored is None else stored.size
    return Written(key, text, size, None, size, [])


def collection_metrics(database: Database, table: Table, key: Key, item: Item) -> dict[str, Any] | None:
    """Return the size of the item collection that was written to; only tables with local indexes have collections.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ItemCollections
    """
    if not any(index.local for index in table.indexes):
        return None
    gigabytes = ranges.collection_size(database, table, key.hash) / 1024**3
    name = table.key.names[0]
    return {
        "ItemCollectionKey": {name: item[name]},
        "SizeEstimateRangeGB": [float(int(gigabytes)), int(gigabytes) + 1.0],
    }
