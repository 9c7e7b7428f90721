from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.dynamodb import numbers


@st.composite
def storable(draw: st.DrawFn) -> str:
    """Numbers as a client may write them: any notation of at most 38 digits within the range."""
    digits = draw(st.text("0123456789", min_size=1, max_size=38))
    point = draw(st.integers(0, len(digits)))
    exponent = draw(st.integers(-92, 87))
    sign = draw(st.sampled_from(("", "-", "+")))
    return f"{sign}{digits[:point]}.{digits[point:]}E{exponent}"


@given(storable())
def test_a_normalized_number_is_the_same_number(text: str) -> None:
    assert Decimal(numbers.normalized(text)) == Decimal(text)


@given(storable())
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = numbers.normalized(text)
    assert numbers.normalized(once) == once


@given(storable(), storable())
def test_encoded_numbers_sort_as_numbers_do(one: str, two: str) -> None:
    left, right = numbers.encoded(numbers.normalized(one)), numbers.encoded(numbers.normalized(two))
    assert (left < right) == (Decimal(one) < Decimal(two))
    assert (left == right) == (Decimal(one) == Decimal(two))


@given(st.integers(-(10**37), 10**37), st.integers(-(10**37), 10**37))
def test_sums_and_differences_are_exact(one: int, two: int) -> None:
    assert Decimal(numbers.added(str(one), str(two))) == one + two
    assert Decimal(numbers.subtracted(str(one), str(two))) == one - two


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("01.50", "1.5"),
        ("+7", "7"),
        ("-0", "0"),
        ("1e3", "1000"),
        ("-12.5E-3", "-0.0125"),
        (".5", "0.5"),
        ("5.", "5"),
        ("9" * 38, "9" * 38),
        ("1" + "0" * 50, "1" + "0" * 50),
        ("9.9999999999999999999999999999999999999E+125", "9" * 38 + "0" * 88),
        ("1E-130", "0." + "0" * 129 + "1"),
    ],
)
def test_numbers_are_written_one_way(text: str, expected: str) -> None:
    assert numbers.normalized(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The parameter cannot be converted to a numeric value"),
        ("abc", "The parameter cannot be converted to a numeric value: abc"),
        (" 1", "The parameter cannot be converted to a numeric value:  1"),
        ("1e", "The parameter cannot be converted to a numeric value: 1e"),
        ("NaN", "The parameter cannot be converted to a numeric value: NaN"),
        ("Infinity", "The parameter cannot be converted to a numeric value: Infinity"),
        ("1" * 39, "Attempting to store more than 38 significant digits in a Number"),
        ("1E126", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
        ("1E-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
    ],
)
def test_what_is_no_storable_number_is_refused(text: str, message: str) -> None:
    with pytest.raises(ServiceError) as refused:
        numbers.normalized(text)
    assert message == refused.value.message


# Sizes that DynamoDB Local counts, and that AWS was measured to count at the limit of 400 KB.
SIZES = {
    "0": 1,
    "1": 2,
    "12": 2,
    "123": 3,
    "-123": 4,
    "1000": 2,
    "1010": 3,
    "123456": 4,
    "0.0000001": 2,
    "0.15": 2,
    "1.5": 3,
    "1.234": 4,
    "3.14159": 5,
    "100.5": 4,
    "10.01": 3,
    "-42": 3,
}


@pytest.mark.parametrize(("text", "size"), SIZES.items())
def test_a_number_takes_a_byte_for_each_two_digits_of_either_side_of_the_point(text: str, size: int) -> None:
    assert size == numbers.size(text)
