"""Update expressions, read by the engine and by a literal second reading of AWS's page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.dynamodb.expressions import ExpressionError, Placeholders, update
from crossgrant.local.services.dynamodb.values import check_item
from support import update_reading

NAMES = ("aa", "bb", "cc")
numbers = st.integers(-9, 9).map(Decimal)
sets = st.frozensets(st.sampled_from("xyz"), min_size=1) | st.frozensets(numbers, min_size=1)
scalars: st.SearchStrategy[Any] = numbers | st.sampled_from("xyz") | sets
plain = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
)
items = st.dictionaries(st.sampled_from(NAMES), plain)
paths = st.builds(
    lambda name, rest: (name, *rest),
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(NAMES) | st.integers(0, 3), max_size=2),
)
values = st.tuples(st.just("value"), plain)
terms = (
    values
    | st.tuples(st.just("path"), paths)
    | st.tuples(st.just("if_not_exists"), paths, values)
    | st.tuples(st.sampled_from("+-"), st.tuples(st.just("path"), paths), values)
    | st.tuples(st.just("list_append"), st.tuples(st.just("path"), paths), values)
)
actions = st.lists(
    st.tuples(st.just("SET"), paths, terms)
    | st.tuples(st.just("REMOVE"), paths, st.none())
    | st.tuples(st.just("ADD"), paths, st.tuples(st.just("value"), numbers | sets))
    | st.tuples(st.just("DELETE"), paths, st.tuples(st.just("value"), sets)),
    min_size=1,
    max_size=4,
)


def to_wire(value: Any) -> dict[str, Any]:
    match value:
        case Decimal():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case frozenset():
            kind = "NS" if isinstance(next(iter(value)), Decimal) else "SS"
            return {kind: sorted(map(str, value))}
        case list():
            return {"L": [to_wire(each) for each in value]}
    return {"M": {name: to_wire(each) for name, each in value.items()}}


def from_wire(value: dict[str, Any]) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return Decimal(content)
        case "SS":
            return frozenset(content)
        case "NS":
            return frozenset(map(Decimal, content))
        case "L":
            return [from_wire(each) for each in content]
        case "M":
            return {name: from_wire(each) for name, each in content.items()}
    return content


class Written:
    """An update as text, with its values."""

    def __init__(self, stated: list[Any]) -> None:
        self.values: dict[str, Any] = {}
        by_section: dict[str, list[str]] = {}
        for section, path, term in stated:
            text = self.path(path)
            if section == "SET":
                text += f" = {self.term(term)}"
            elif section != "REMOVE":
                text += f" {self.term(term)}"
            by_section.setdefault(section, []).append(text)
        self.text = " ".join(f"{section} {', '.join(texts)}" for section, texts in by_section.items())

    def path(self, path: tuple[str | int, ...]) -> str:
        return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]

    def term(self, term: Any) -> str:
        match term:
            case ("value", value):
                name = f":v{len(self.values)}"
                self.values[name] = to_wire(value)
                return name
            case ("path", path):
                return self.path(path)
            case ("if_not_exists", path, default):
                return f"if_not_exists({self.path(path)}, {self.term(default)})"
            case ("list_append", left, right):
                return f"list_append({self.term(left)}, {self.term(right)})"
        sign, left, right = term
        return f"{self.term(left)} {sign} {self.term(right)}"


@given(items, actions)
def test_an_update_means_what_its_literal_reading_means(item: dict[str, Any], stated: list[Any]) -> None:
    written = Written(stated)
    wire = {name: to_wire(value) for name, value in item.items()}
    check_item(wire)
    check_item(written.values)
    try:
        bound = update(written.text, Placeholders({}, written.values))
    except ExpressionError:
        assume(False)  # paths that overlap, or an operand of the wrong type: the cases hold those
    try:
        expected = update_reading.update(item, stated)
    except update_reading.ReadingError:
        expected = None
    try:
        found = {name: from_wire(value) for name, value in bound.apply(wire).items()}
    except ServiceError:
        found = None
    assert expected == found, written.text
