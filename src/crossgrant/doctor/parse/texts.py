"""Every text hidden in a pasted input: itself, what it escapes, and the strings of the JSON it holds."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

DEPTH = 6
"""Levels of JSON inside strings of JSON: a Lambda proxy response logged by a step function has four."""

LIMIT = 200
"""Texts given out: a log of ten thousand JSON lines is no reason to read for minutes."""

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
BOX = re.compile(r"^[ \t]*[│┃╷╵|>][ \t]?", re.MULTILINE)
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
SHORTEST_BASE64 = 64
SPACES = re.compile(r"\s+")
ESCAPE = re.compile(r"\\(?:[nrt\"'/\\]|u([0-9a-fA-F]{4}))")
PLAIN = {"\\n": "\n", "\\r": "\n", "\\t": " ", '\\"': '"', "\\'": "'", "\\/": "/", "\\\\": "\\"}


def hidden_texts(text: str) -> Iterator[str]:
    """Yield each text found in `text` once, the innermost first, with white space made single."""
    seen: set[str] = set()
    for found in _walk(ANSI.sub("", text), DEPTH):
        for plain in (found, _unescaped(found)):
            flat = SPACES.sub(" ", BOX.sub("", plain)).strip()
            if flat and flat not in seen:
                seen.add(flat)
                yield flat
                if len(seen) >= LIMIT:
                    return


def _walk(text: str, depth: int) -> Iterator[str]:
    if depth:
        for value in _json_values(text):
            yield from _strings(value, depth - 1)
    yield text


def _strings(value: object, depth: int) -> Iterator[str]:
    """Yield the strings of a JSON value, deepest first; an object that is an AWS record is yielded as JSON itself."""
    pending, found = [value], []
    while pending:
        each = pending.pop()
        match each:
            case str():
                found.append(each)
            case list():
                pending.extend(each)
            case dict():
                pending.extend(each.values())
                if "eventName" in each or "__type" in each or "Code" in each or "code" in each:
                    yield json.dumps(each)
    for each in found:
        yield from _walk(_decoded(each), depth)


def _decoded(text: str) -> str:
    """Return what a text in base64 says, such as the LogResult of an invocation; any other text as it is."""
    if len(text) < SHORTEST_BASE64 or not BASE64.fullmatch(text):
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except ValueError:
        return text


def _json_values(text: str) -> Iterator[object]:
    """Yield the JSON objects and lists that start anywhere in `text`, outermost only."""
    decoder, position, tries = json.JSONDecoder(), 0, 0
    while (found := re.compile(r'[\[{]\s*["{\[]').search(text, position)) and tries < LIMIT:
        tries += 1
        try:
            value, position = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            position = found.start() + 1
        else:
            yield value


def _unescaped(text: str) -> str:
    """Return `text` without the backslash escapes and entities of whatever quoted it."""
    plain = ESCAPE.sub(lambda each: PLAIN.get(each[0]) or chr(int(each[1], 16)), text) if "\\" in text else text
    plain = unquote(plain) if "%3A" in plain else plain
    return html.unescape(plain)
