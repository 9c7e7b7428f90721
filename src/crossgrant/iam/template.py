"""Policy variables: `${key}`, `${key, 'default'}`, and the escapes `${*}`, `${?}`, `${$}` (rule 22).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple, TypeAlias

from crossgrant.iam.wildcard import Token, Wildcard, tokens_of

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"\s*([^,]*?)\s*,\s*'([^']*)'\s*", re.DOTALL)
_ESCAPES = frozenset("*?$")


class Variable(NamedTuple):
    """A place for the value of one context key."""

    key: str
    default: str | None


class Unresolved(Enum):
    """Why a template has no text."""

    NO_VALUE = "a variable has no value"
    OPEN = "a variable's value isn't known"


Part: TypeAlias = Token | Variable
Lookup: TypeAlias = Callable[[str], "tuple[str, ...] | Unresolved | None"]


class Template(NamedTuple):
    """A policy's text in parts; `has_variables` tells whether a request is needed to read it."""

    parts: tuple[Part, ...]
    has_variables: bool

    @classmethod
    def parse(cls, text: str, *, variables: bool, wildcards: bool) -> Template:
        """Read `text`: without `variables` (Version 2008-10-17) `${…}` is plain text (rule 19)."""
        plain: Callable[[str], tuple[Token, ...]] = tokens_of if wildcards else lambda piece: (piece,)
        if not variables or "${" not in text:
            return cls(plain(text), False)
        parts: list[Part] = []
        end = 0
        for found in _VARIABLE.finditer(text):
            parts.extend(plain(text[end : found.start()]))
            parts.append(_variable(found[1]))
            end = found.end()
        parts.extend(plain(text[end:]))
        return cls(tuple(parts), any(isinstance(part, Variable) for part in parts))

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of a template without variables."""
        return tuple(part for part in self.parts if not isinstance(part, Variable))

    def resolve(self, lookup: Lookup) -> tuple[Token, ...] | Unresolved:
        """Return the tokens for one request; a value's `*` is that character, and only a single value counts."""
        tokens: list[Token] = []
        for part in self.parts:
            if not isinstance(part, Variable):
                tokens.append(part)
                continue
            values = lookup(part.key)
            if values is Unresolved.OPEN:
                return Unresolved.OPEN
            if isinstance(values, tuple) and len(values) == 1:
                tokens.append(values[0])
            elif values is None and part.default is not None:
                tokens.append(part.default)
            else:
                return Unresolved.NO_VALUE
        return tuple(tokens)

    def widened(self) -> tuple[Token, ...]:
        """Return the tokens with a star for each variable: what no value can go beyond."""
        return tuple(Wildcard.STAR if isinstance(part, Variable) else part for part in self.parts)


def _variable(inside: str) -> Part:
    if inside in _ESCAPES:
        return inside
    found = _DEFAULT.fullmatch(inside)
    return Variable(found[1].lower(), found[2]) if found else Variable(inside.strip().lower(), None)
