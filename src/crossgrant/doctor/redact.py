"""Take the accounts, principals and ids out of a text, each replaced by the same word throughout."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from crossgrant.doctor.inquiry import Inquiry
from crossgrant.doctor.statements import statements
from crossgrant.evidence import NotRead, Role

# What a word of the text is, and the group that is hidden.
SECRETS = (
    ("session", re.compile(r"assumed-role/[^/\s\"'`]+/([\w+=,.@-]+)")),
    ("role", re.compile(r"(?:assumed-role/|role/(?:[\w+=,.@-]+/)*)([\w+=,.@-]+)")),
    ("user", re.compile(r"user/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")),
    ("function", re.compile(r":function:([\w-]+)")),
    ("table", re.compile(r":table/([\w.-]+)")),
    ("key", re.compile(r":key/([\w-]+)")),
    ("id", re.compile(r"\b(A(?:ROA|IDA|KIA|SIA)[A-Z0-9]{8,})\b")),
    ("organization", re.compile(r"\b((?:o|ou|r|p)-[a-z0-9]{4,}(?:-[a-z0-9]+)?)\b")),
    ("request", re.compile(r"\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b")),
    ("account", re.compile(r"\b(\d{12})\b")),
)


def redactor(inquiry: Inquiry, texts: Iterable[str]) -> Callable[[str], str]:
    """Return the function that hides what `texts` and the inquiry reveal."""
    words = {
        inquiry.caller_id: "<caller>",
        inquiry.owner_id: "<owner>",
        inquiry.parsed.authorization_id: "<authorization>",
        inquiry.call.external_id: "<external-id>",
    }
    words |= {each: f"<external-id-{number}>" for number, each in enumerate(_external_ids(inquiry), 1)}
    counts: dict[str, int] = {}
    for text in texts:
        for kind, pattern in SECRETS:
            for word in pattern.findall(text):
                if word not in words:
                    counts[kind] = counts.get(kind, 0) + 1
                    words[word] = f"<{kind}-{counts[kind]}>"
    known = {word: instead for word, instead in words.items() if word}
    if not known:
        return lambda text: text
    pattern = re.compile(
        "|".join(rf"(?<![\w<-]){re.escape(each)}(?![\w>-])" for each in sorted(known, key=len, reverse=True))
    )
    return lambda text: pattern.sub(lambda found: known[found[0]], text)


def redacted(value: Any, hide: Callable[[str], str]) -> Any:
    """Return a JSON value with `hide` applied to every text in it, keys but for pointers' included."""
    match value:
        case str():
            return hide(value)
        case list():
            return [redacted(each, hide) for each in value]
        case dict():
            return {name: redacted(each, hide) for name, each in value.items()}
    return value


def strings(value: object) -> Iterable[str]:
    """Yield every text of a JSON value."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from strings(each)
        case dict():
            for each in value.values():
                yield from strings(each)


def _external_ids(inquiry: Inquiry) -> list[str]:
    """Return the external ids that the trust policy asks for."""
    role = inquiry.role
    if not isinstance(role, Role) or isinstance(role.trust, NotRead):
        return []
    return list(
        dict.fromkeys(value for each in statements(role.trust) for value in each.condition_values("sts:ExternalId"))
    )
