from __future__ import annotations

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from crossgrant.local.services.dynamodb.keys import encoded, prefix_end


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
