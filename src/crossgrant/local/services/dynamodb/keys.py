"""Keys as bytes: SQLite compares them byte by byte, and that is DynamoDB's order.

Strings sort by their UTF-8 bytes, binary by unsigned bytes, numbers by value.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from typing import Any, NamedTuple
from zlib import crc32

from crossgrant.local.services.dynamodb import numbers
from crossgrant.local.services.dynamodb.errors import invalid_parameter, validation
from crossgrant.local.services.dynamodb.values import Item, type_of

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


class KeySchema(NamedTuple):
    """A partition key and, perhaps, a sort key."""

    hash: KeyAttribute
    range: KeyAttribute | None

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes' names, partition key first."""
        return (self.hash.name,) if self.range is None else (self.hash.name, self.range.name)

    @property
    def attributes(self) -> tuple[KeyAttribute, ...]:
        """The attributes, partition key first."""
        return (self.hash,) if self.range is None else (self.hash, self.range)


class Key(NamedTuple):
    """An item's place: the bucket and bytes of its partition key, and the bytes of its sort key (empty without one).

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


def hash_bytes(kind: str, content: Any) -> bytes:
    """Return a partition key's bytes behind its bucket."""
    return _in_bucket(encoded(kind, content))


_BUCKETS = tuple(bytes((number,)) for number in range(BUCKETS))


def _in_bucket(plain: bytes) -> bytes:
    return _BUCKETS[crc32(plain) >> 24] + plain


def key_of(schema: KeySchema, key: Item) -> Key:
    """Return the place of `key`, which holds the key's attributes and nothing else.

    Raises:
        ServiceError: it has other attributes than the schema, or one of another type, or an empty or oversized one.

    """
    hash_attribute, range_attribute = schema
    if len(key) != (1 if range_attribute is None else 2):
        raise validation("The number of conditions on the keys is invalid" if _covers(schema, key) else MISMATCH)
    value = key.get(hash_attribute.name)
    content = None if value is None else value.get(hash_attribute.type)
    if content is None:
        raise validation(MISMATCH)
    hash_part = hash_bytes(hash_attribute.type, content)
    _check_size(hash_attribute, len(hash_part) - 1, MAX_HASH_SIZE)
    if range_attribute is None:
        return Key(hash_part, b"")
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
    """Return the place of a whole item; errors as `key_of`, in AWS's words for an item."""
    hash_attribute, range_attribute = schema
    hash_part = _key_part(hash_attribute, item)
    _check_size(hash_attribute, len(hash_part), MAX_HASH_SIZE)
    hash_part = _in_bucket(hash_part)
    if range_attribute is None:
        return Key(hash_part, b"")
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
        what = "string" if attribute.type == "S" else "binary"
        raise validation(
            "One or more parameter values are not valid. "
            f"The AttributeValue for a key attribute cannot contain an empty {what} value. Key: {attribute.name}"
        )
    raise invalid_parameter(_HASH_TOO_LARGE if most == MAX_HASH_SIZE else _RANGE_TOO_LARGE)


def index_key(schema: KeySchema, item: Item) -> Key | None:
    """Return the item's place in an index, or None when it lacks one of the key attributes: it isn't indexed."""
    parts = []
    for attribute in schema.attributes:
        value = item.get(attribute.name)
        if value is None:
            return None
        content = value.get(attribute.type)
        if content is None:
            return None
        parts.append(content)
    hash_part = hash_bytes(schema.hash.type, parts[0])
    return Key(hash_part, encoded(schema.range.type, parts[1]) if schema.range else b"")


def check_index_keys(indexes: Iterable[tuple[str, KeySchema]], item: Item) -> None:
    """Check that an item's attributes have the types and sizes of the indexes they are keys of.

    Raises:
        ServiceError: another type, an empty value, or one over the limit.

    """
    for index_name, schema in indexes:
        for attribute in schema.attributes:
            value = item.get(attribute.name)
            if value is None:
                continue
            if attribute.type not in value:
                raise invalid_parameter(
                    f"Type mismatch for Index Key {attribute.name} Expected: {attribute.type} "
                    f"Actual: {type_of(value)} IndexName: {index_name}"
                )
            content = value[attribute.type]
            size = len(encoded(attribute.type, content))
            if not size:
                what = "string" if attribute.type == "S" else "binary"
                raise validation(
                    "One or more parameter values are not valid. A value specified for a secondary index key is not "
                    f"supported. The AttributeValue for a key attribute cannot contain an empty {what} value. "
                    f"IndexName: {index_name}, IndexKey: {attribute.name}"
                )
            if attribute is schema.hash and size > MAX_HASH_SIZE:
                raise invalid_parameter(_HASH_TOO_LARGE)
            if attribute is schema.range and size > MAX_RANGE_SIZE:
                raise invalid_parameter(_RANGE_TOO_LARGE)


def prefix_end(prefix: bytes) -> bytes | None:
    """Return the least bytes above every value that begins with `prefix`, or None when there is none."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes((stripped[-1] + 1,)) if stripped else None
