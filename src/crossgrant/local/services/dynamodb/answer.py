"""Answers written around items as they lie in the store: an item's text is put in unread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crossgrant.local.operation import RawBody
from crossgrant.local.services.dynamodb.item_text import json_text


def with_item(name: str, text: bytes, rest: Mapping[str, Any]) -> RawBody:
    """Return a body whose member `name` is one item."""
    if not rest:
        return RawBody(b'{"%b":%b}' % (name.encode(), text))
    return RawBody(b'{"%b":%b,%b' % (name.encode(), text, json_text(rest).encode()[1:]))


def with_items(texts: Iterable[bytes], rest: Mapping[str, Any]) -> RawBody:
    """Return a body whose member `Items` is a list of items; `rest` holds at least one more member."""
    return RawBody(b'{"Items":[%b],%b' % (b",".join(texts), json_text(rest).encode()[1:]))


def with_tables(responses: Mapping[str, Iterable[bytes]], rest: Mapping[str, Any]) -> RawBody:
    """Return a body whose member `Responses` maps each table's name to its items."""
    tables = b",".join(b"%b:[%b]" % (json_text(name).encode(), b",".join(texts)) for name, texts in responses.items())
    return RawBody(b'{"Responses":{%b},%b' % (tables, json_text(rest).encode()[1:]))


def with_responses(texts: Iterable[bytes | None], rest: Mapping[str, Any]) -> RawBody:
    """Return a body whose member `Responses` lists an item, or nothing, for each that was asked for."""
    items = b",".join(b"{}" if text is None else b'{"Item":%b}' % text for text in texts)
    return RawBody(b'{"Responses":[%b]%b' % (items, b"," + json_text(rest).encode()[1:] if rest else b"}"))
