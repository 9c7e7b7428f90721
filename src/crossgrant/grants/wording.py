"""What pydantic found, in our words: a table from its error types to a message and a help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from crossgrant.grants.nearest import did_you_mean, nearest
from crossgrant.grants.places import Key, place_of
from crossgrant.grants.problem import Problem
from crossgrant.grants.schema import PARTS, keys_of

_KEY_ITSELF = "[key]"  # pydantic's last step where a mapping's key is wrong, not its value


def worded(errors: Iterable[ErrorDetails], tree: object) -> tuple[Problem, ...]:
    """Return the problems that pydantic's errors stand for, in the file's order."""
    errors = tuple(errors)
    misspelled = {(*_path(each)[:-1], _meant(_path(each))) for each in errors if each["type"] == "extra_forbidden"}
    told = (each for each in errors if not (each["type"] == "missing" and _path(each) in misspelled))
    return tuple(sorted({_problem(each, tree) for each in told}))


def _problem(error: ErrorDetails, tree: object) -> Problem:
    key = _path(error)
    if error["type"] == "missing":
        line, column = place_of(tree, key[:-1], of_key=True)
    else:
        of_key = error["type"] == "extra_forbidden" or error["loc"][-1:] == (_KEY_ITSELF,)
        line, column = place_of(tree, key, of_key=of_key)
    message, help_ = _WORDING.get(error["type"], _other)(error, key)
    return Problem(line, column, ".".join(map(str, key)), message, help_)


def _path(error: ErrorDetails) -> Key:
    return tuple(step for step in error["loc"] if step != _KEY_ITSELF)


def _meant(unknown: Key) -> str | None:
    """Return the known key that an unknown one was probably meant to be: that one isn't missing, it is misspelled."""
    return nearest(str(unknown[-1]), _keys_beside(unknown))


def _refused(error: ErrorDetails, key: Key) -> tuple[str, str | None]:
    del key
    context = error["ctx"]
    return context["message"], context["help"]


def _unknown_key(error: ErrorDetails, key: Key) -> tuple[str, str | None]:
    del error
    known = _keys_beside(key)
    return f"{_name(key[:-1])} has no key `{key[-1]}`", did_you_mean(str(key[-1]), known) or f"it has {_listed(known)}"


def _missing(error: ErrorDetails, key: Key) -> tuple[str, str | None]:
    del error
    return f"{_name(key[:-1])} has no `{key[-1]}`", f"add `{key[-1]}:`"


def _expected(what: str) -> Callable[[ErrorDetails, Key], tuple[str, str | None]]:
    def wording(error: ErrorDetails, key: Key) -> tuple[str, str | None]:
        help_ = "quote it" if what == "text" and isinstance(error["input"], int | float) else None
        return f"{_named(key)} holds {_found(error['input'])}, expected {what}", help_

    return wording


def _choice(error: ErrorDetails, key: Key) -> tuple[str, str | None]:
    expected = error["ctx"]["expected"].replace("'", "`")
    if str(error["input"]) == expected:
        return f"{_named(key)} holds the text `{expected}`, expected the number", "leave the quotes out"
    hint = did_you_mean(str(error["input"]), expected.replace("`", "").replace(" or ", ", ").split(", "))
    return f"{_named(key)} holds {_found(error['input'])}, expected {expected}", hint


def _too_few(error: ErrorDetails, key: Key) -> tuple[str, str | None]:
    least = error["ctx"].get("min_length", 1)
    return f"{_named(key)} is empty, expected at least {least}", None


def _too_many(error: ErrorDetails, key: Key) -> tuple[str, str | None]:
    return f"{_named(key)} holds more than {error['ctx']['max_length']}", None


def _other(error: ErrorDetails, key: Key) -> tuple[str, str | None]:
    return f"{_named(key)}: {error['msg'][:1].lower()}{error['msg'][1:]}", None


_WORDING: Mapping[str, Callable[[ErrorDetails, Key], tuple[str, str | None]]] = {
    "refused": _refused,
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "string_type": _expected("text"),
    "bool_type": _expected("`true` or `false`"),
    "int_type": _expected("a whole number"),
    "datetime_type": _expected("a date"),
    "list_type": _expected("a list"),
    "dict_type": _expected("a mapping"),
    "model_type": _expected("a mapping"),
    "literal_error": _choice,
    "enum": _choice,
    "too_short": _too_few,
    "string_too_short": _too_few,
    "too_long": _too_many,
}


def _keys_beside(key: Key) -> tuple[str, ...]:
    """Return the keys that the mapping around `key` may have."""
    around = key[:-1]
    for pattern, part in PARTS.items():
        if len(pattern) == len(around) and all(own in ("*", step) for own, step in zip(pattern, around, strict=True)):
            return keys_of(part)
    return ()


def _name(mapping: Key) -> str:
    return f"`{mapping[-1]}`" if mapping else "the file"


def _named(key: Key) -> str:
    """Return the last step that has a name: a list's elements go by the list's."""
    return next((f"`{step}`" for step in reversed(key) if isinstance(step, str)), "the file")


def _found(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case CommentedMap() | dict():
            return "a mapping"
        case CommentedSeq() | list():
            return "a list"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number `{value}`"
        case _:
            return f"`{str(value)[:80]}`"


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)
