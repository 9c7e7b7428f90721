"""Filter patterns for unstructured log events: terms, optional terms and excluded terms.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crossgrant.local.operation import ServiceError

_TERM = re.compile(r'\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([\w%.:/@#=$*-]+))(?=\s|$)')


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Return the test that a pattern stands for: every plain term, no excluded one, and one of the optional ones.

    Raises:
        ServiceError: InvalidParameterException, or a form of pattern that isn't served (JSON, columns, %regex%).

    """
    if pattern.lstrip()[:1] in ("{", "[") or "%" in pattern:
        raise ServiceError("NotImplemented", f"crossgrant doesn't serve JSON, column or regex patterns: {pattern}", 501)
    terms: dict[str, list[str]] = {"": [], "?": [], "-": []}
    required, optional, excluded = terms.values()
    position = 0
    while position < len(pattern.rstrip()):
        match = _TERM.match(pattern, position)
        if match is None:
            raise ServiceError("InvalidParameterException", "Invalid filter pattern")
        sign, quoted, plain = match.groups()
        term = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
        terms[sign].append(term)
        position = match.end()

    def matches(message: str) -> bool:
        return (
            all(term in message for term in required)
            and not any(term in message for term in excluded)
            # Optional terms mean nothing beside required ones.
            and (bool(required) or not optional or any(term in message for term in optional))
        )

    return matches
