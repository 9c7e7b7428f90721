from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from crossgrant.local.services.dynamodb.expressions import KeyCondition, Range, key_range
from crossgrant.local.services.dynamodb.keys import KeyAttribute, KeySchema, encoded, index_key, joined, prefix_end
from crossgrant.local.services.dynamodb.numbers import normalized

# Few letters, so that values begin with one another and hold what ends an attribute among several.
VALUES = {
    "S": st.text("\x00\x01a\xff", min_size=1, max_size=3),
    "N": st.sampled_from((*range(-12, 13), "1E+125", "-1E+125", "1E-130", "-0.5", "0.51")).map(Decimal),
    "B": st.lists(st.sampled_from((0, 1, 255)), min_size=1, max_size=3).map(bytes),
}
kinds = st.lists(st.sampled_from("SNB"), min_size=2, max_size=4)


def tuples(of: list[str]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(*(VALUES[kind] for kind in of))


def content(kind: str, value: Any) -> str:
    if kind == "B":
        return b64encode(value).decode()
    return normalized(str(value)) if kind == "N" else str(value)


def order(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value.encode() if isinstance(value, str) else value for value in values)


@given(st.text(min_size=1), st.text(min_size=1))
def test_encoded_strings_sort_by_their_utf_8_bytes(one: str, two: str) -> None:
    assert (encoded("S", one) < encoded("S", two)) == (one.encode() < two.encode())


@given(st.binary(min_size=1), st.binary(min_size=1))
def test_encoded_binary_sorts_by_unsigned_bytes(one: bytes, two: bytes) -> None:
    left, right = encoded("B", b64encode(one).decode()), encoded("B", b64encode(two).decode())
    assert (left < right) == (one < two)


@given(st.binary(min_size=1, max_size=4), st.binary(max_size=6))
def test_a_prefix_ends_where_values_stop_beginning_with_it(prefix: bytes, value: bytes) -> None:
    end = prefix_end(prefix)
    assert value.startswith(prefix) == (prefix <= value and (end is None or value < end))


@given(kinds.flatmap(lambda of: st.tuples(st.just(of), tuples(of), tuples(of))))
@example((["B", "B"], (b"a", b"\xff\xff"), (b"a\x00", b"\x01")))
@example((["S", "S"], ("a", "b"), ("ab", "a")))
def test_several_attributes_sort_by_the_first_then_by_the_next(
    drawn: tuple[list[str], tuple[Any, ...], tuple[Any, ...]],
) -> None:
    of, one, two = drawn
    left, right = (
        joined([encoded(kind, content(kind, value)) for kind, value in zip(of, values, strict=True)])
        for values in (one, two)
    )
    assert (left < right, left == right) == (order(one) < order(two), order(one) == order(two))


COMPARISONS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "EQ": lambda value, low, _: value == low,
    "LT": lambda value, low, _: value < low,
    "LE": lambda value, low, _: value <= low,
    "GT": lambda value, low, _: value > low,
    "GE": lambda value, low, _: value >= low,
    "BETWEEN": lambda value, low, high: low <= value <= high,
    "BEGINS_WITH": lambda value, low, _: value.startswith(low),
}


@given(st.data(), kinds)
def test_a_range_of_several_attributes_holds_just_what_the_conditions_state(data: st.DataObject, of: list[str]) -> None:
    names = [f"r{place}" for place in range(len(of))]
    schema = KeySchema((KeyAttribute("h", "S"),), tuple(map(KeyAttribute, names, of)))
    values, bounds, highs = (data.draw(tuples(of)) for _ in range(3))
    last = data.draw(st.integers(0, len(of) - 1))
    equal = data.draw(st.sampled_from((values, bounds)))
    operator = data.draw(st.sampled_from([each for each in COMPARISONS if each != "BEGINS_WITH" or of[last] != "N"]))
    compared = (bounds[last], highs[last]) if operator == "BETWEEN" else (bounds[last],)
    conditions = {"h": KeyCondition("EQ", ({"S": "x"},))}
    for place in range(last):
        conditions[names[place]] = KeyCondition("EQ", ({of[place]: content(of[place], equal[place])},))
    conditions[names[last]] = KeyCondition(operator, tuple({of[last]: content(of[last], each)} for each in compared))
    item = {name: {kind: content(kind, value)} for name, kind, value in zip(names, of, values, strict=True)}
    place_of_item = index_key(schema, {"h": {"S": "x"}, **item})
    assert place_of_item is not None
    hash_part, found = key_range(conditions, schema, "index")
    expected = order(values[:last]) == order(equal[:last]) and COMPARISONS[operator](
        *order((values[last], bounds[last], highs[last]))
    )
    assert place_of_item.hash == hash_part
    assert expected == lies_in(place_of_item.range, found)


def lies_in(part: bytes, found: Range) -> bool:
    above = found.lower is None or part > found.lower or (part == found.lower and found.lower_included)
    return above and (found.upper is None or part < found.upper or (part == found.upper and found.upper_included))
