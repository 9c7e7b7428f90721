"""Keys as bytes: SQLite compares them byte by byte, and that is DynamoDB's order.

Strings sort by their UTF-8 bytes, binary by unsigned bytes, numbers by value.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from zlib import crc32

from crossgrant.local.services.dynamodb import numbers
from crossgrant.local.services.dynamodb.errors import empty_key, invalid_parameter, validation
from crossgrant.local.services.dynamodb.values import Item, Value, type_of
from crossgrant.local.services.dynamodb.values import size as value_size

MAX_HASH_SIZE = 2048
MAX_RANGE_SIZE = 1024
BUCKETS = 256

_HASH_TOO_LARGE = "Size of hashkey has exceeded the maximum size limit of2048 bytes"  # AWS leaves out the space
_RANGE_TOO_LARGE = f"Aggregated size of all range keys has exceeded the size limit of {MAX_RANGE_SIZE} bytes"

MISMATCH = "The provided key element does not match the schema"


class KeyAttribute(NamedTuple):
    """One attribute of a key: its name, and its type `S`, `N` or `B`."""

    name: str
    type: str


@dataclass(frozen=True)
class KeySchema:
    """The attributes of a partition key and of a sort key: one, and at most one; in a global index up to four of each.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.MultiAttributeKeys
    """

    hash: tuple[KeyAttribute, ...]
    range: tuple[KeyAttribute, ...] = ()

    @cached_property
    def attributes(self) -> tuple[KeyAttribute, ...]:
        """The attributes, those of the partition key first."""
        return self.hash + self.range

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The attributes' names, in the same order."""
        return tuple(attribute.name for attribute in self.attributes)

    @cached_property
    def has_several(self) -> bool:
        """Whether the partition key or the sort key has several attributes."""
        return len(self.hash) > 1 or len(self.range) > 1


class Key(NamedTuple):
    """An item's place: the bucket and bytes of its partition key, and the bytes of its sort key (empty without one).

    Of several attributes, each is `ended`, so that the bytes sort by the first, then by the next.

    The first byte of `hash` is the bucket, a hash of the partition key. A Scan walks the buckets, so that its order
    tells nothing, as in DynamoDB, and its segments are ranges of buckets.
    """

    hash: bytes
    range: bytes


def encoded(kind: str, content: Any) -> bytes:
    """Return the bytes of a key attribute's content."""
    if kind == "S":
        return content.encode()  # type: ignore[no-any-return]  # a string, as its type says
    return numbers.encoded(content) if kind == "N" else b64decode(content)


def escaped(part: bytes) -> bytes:
    """Return the bytes of one attribute among several, which sort as before and hold no two zeros in a row."""
    return part.replace(b"\x00", b"\x00\xff")


def ended(part: bytes) -> bytes:
    """Return the bytes of one attribute among several, with an end that sorts below whatever a longer one goes on with.

    INVARIANT: of two different attributes ended so, neither begins with the other.
    """
    return escaped(part) + b"\x00\x00"


def joined(parts: Sequence[bytes]) -> bytes:
    """Return the bytes of a partition or sort key, of the bytes of its attributes: of one alone, its own."""
    return parts[0] if len(parts) == 1 else b"".join(map(ended, parts))


_BUCKETS = tuple(bytes((number,)) for number in range(BUCKETS))


def in_bucket(plain: bytes) -> bytes:
    """Return a partition key's bytes behind its bucket."""
    return _BUCKETS[crc32(plain) >> 24] + plain


def key_of(schema: KeySchema, key: Item) -> Key:
    """Return the place of a table's `key`, which holds the key's attributes and nothing else.

    Raises:
        ServiceError: it has other attributes than the schema, or one of another type, or an empty or oversized one.

    """
    (hash_attribute,), range_attributes = schema.hash, schema.range
    if len(key) != 1 + len(range_attributes):
        raise validation("The number of conditions on the keys is invalid" if _covers(schema, key) else MISMATCH)
    value = key.get(hash_attribute.name)
    content = None if value is None else value.get(hash_attribute.type)
    if content is None:
        raise validation(MISMATCH)
    hash_part = in_bucket(encoded(hash_attribute.type, content))
    _check_size(hash_attribute, len(hash_part) - 1, MAX_HASH_SIZE)
    if not range_attributes:
        return Key(hash_part, b"")
    (range_attribute,) = range_attributes
    value = key.get(range_attribute.name)
    content = None if value is None else value.get(range_attribute.type)
    if content is None:
        raise validation(MISMATCH)
    range_part = encoded(range_attribute.type, content)
    _check_size(range_attribute, len(range_part), MAX_RANGE_SIZE)
    return Key(hash_part, range_part)


def _covers(schema: KeySchema, key: Item) -> bool:
    return len(key) > len(schema.names) and all(name in key for name in schema.names)


def key_of_item(schema: KeySchema, item: Item) -> Key:
    """Return the place of a whole item of a table; errors as `key_of`, in AWS's words for an item."""
    (hash_attribute,), range_attributes = schema.hash, schema.range
    hash_part = _key_part(hash_attribute, item)
    _check_size(hash_attribute, len(hash_part), MAX_HASH_SIZE)
    hash_part = in_bucket(hash_part)
    if not range_attributes:
        return Key(hash_part, b"")
    (range_attribute,) = range_attributes
    range_part = _key_part(range_attribute, item)
    _check_size(range_attribute, len(range_part), MAX_RANGE_SIZE)
    return Key(hash_part, range_part)


def _key_part(attribute: KeyAttribute, item: Item) -> bytes:
    value = item.get(attribute.name)
    if value is None:
        raise invalid_parameter(f"Missing the key {attribute.name} in the item")
    content = value.get(attribute.type)
    if content is None:
        raise invalid_parameter(
            f"Type mismatch for key {attribute.name} expected: {attribute.type} actual: {type_of(value)}"
        )
    return encoded(attribute.type, content)


def _check_size(attribute: KeyAttribute, size: int, most: int) -> None:
    """Check the size in bytes of a key attribute."""
    if 0 < size <= most:
        return
    if not size:
        raise empty_key(attribute.type, attribute.name)
    raise invalid_parameter(_HASH_TOO_LARGE if most == MAX_HASH_SIZE else _RANGE_TOO_LARGE)


def index_key(schema: KeySchema, item: Item) -> Key | None:
    """Return the item's place in an index, or None when it lacks one of the key attributes: it isn't indexed."""
    parts = []
    for name, kind in schema.attributes:
        value = item.get(name)
        if value is None:
            return None
        content = value.get(kind)
        if content is None:
            return None
        parts.append(encoded(kind, content))
    count = len(schema.hash)
    return Key(in_bucket(joined(parts[:count])), joined(parts[count:]))


def check_index_keys(indexes: Iterable[tuple[str, KeySchema]], item: Item) -> None:
    """Check that an item's attributes have the types and sizes of the indexes they are keys of.

    Raises:
        ServiceError: another type, an empty value, or one over the limit, which several attributes have together.

    """
    for index_name, schema in indexes:
        for kind, attributes, most in (
            ("HASH", schema.hash, MAX_HASH_SIZE),
            ("RANGE", schema.range, MAX_RANGE_SIZE),
        ):
            for attribute in attributes:
                value = item.get(attribute.name)
                if value is not None:
                    _check_index_key(index_name, attribute, value, most)
            if len(attributes) > 1:
                _check_together(index_name, kind, attributes, item, most)


def _check_index_key(index_name: str, attribute: KeyAttribute, value: Value, most: int) -> None:
    if attribute.type not in value:
        raise invalid_parameter(
            f"Type mismatch for Index Key {attribute.name} Expected: {attribute.type} "
            f"Actual: {type_of(value)} IndexName: {index_name}"
        )
    size = len(encoded(attribute.type, value[attribute.type]))
    if not size:
        raise empty_key(attribute.type, attribute.name, index_name)
    if size > most:
        raise invalid_parameter(_HASH_TOO_LARGE if most == MAX_HASH_SIZE else _RANGE_TOO_LARGE)


def _check_together(index_name: str, kind: str, attributes: tuple[KeyAttribute, ...], item: Item, most: int) -> None:
    """Check the size that the attributes of one key have together; as in DynamoDB Local, an item may lack some."""
    names = [attribute.name for attribute in attributes if attribute.name in item]
    total = sum(value_size(item[name]) for name in names)
    if total > most:
        raise validation(
            f"Aggregate size for {kind} key attributes {', '.join(names)} of index {index_name} has exceeded limit "
            f"{most} bytes, with actual size {total} bytes"
        )


def prefix_end(prefix: bytes) -> bytes | None:
    """Return the least bytes above every value that begins with `prefix`, or None when there is none."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes((stripped[-1] + 1,)) if stripped else None
