"""Printed lines and frames come out as events, however the bytes were cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossgrant.local.workers.log_decoder import LogDecoder


def frame(message: str, kind: int = 0x03) -> bytes:
    body = message.encode()
    return bytes([0xA5, 0x5A, 0x00, kind]) + len(body).to_bytes(4, "big") + (5_000_000).to_bytes(8, "big") + body


CASES = {
    "lines": (b"one\ntwo\n", ["one\n", "two\n"]),
    "an unfinished line": (b"one\ntwo", ["one\n", "two"]),
    "an empty line": (b"\n", ["\n"]),
    "a frame of two lines": (frame("a\nb"), ["a\nb"]),
    "a frame of another level": (frame("a", 0x17), ["a"]),
    "a frame after an unfinished line": (b"one" + frame("two") + b"three\n", ["one", "two", "three\n"]),
    "an empty frame": (frame("") + b"one\n", ["", "one\n"]),
    "bytes that are no text": (b"\xff\xfe\n", ["\ufffd\ufffd\n"]),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_bytes_become_events(name: str, size: int) -> None:
    data, expected = CASES[name]
    assert decode(data, size) == expected


@given(
    st.lists(
        st.one_of(
            st.text().map(frame),
            st.text(st.characters(codec="utf-8", exclude_characters="\n")).map(lambda text: f"{text}\n".encode()),
        )
    ),
    st.integers(1, 50),
)
def test_the_cut_of_the_bytes_changes_nothing(parts: list[bytes], size: int) -> None:
    data = b"".join(parts)
    assert decode(data, size) == decode(data, len(data) + 1)


def test_a_line_without_end_does_not_pile_up() -> None:
    decoder = LogDecoder()
    kept = [message for _ in range(10) for _, message in decoder.feed(b"x" * 65536)]
    assert [len(message) for message in kept] == [262_144, 262_144]


def decode(data: bytes, size: int) -> list[str]:
    decoder = LogDecoder()
    events = [event for start in range(0, len(data), size) for event in decoder.feed(data[start : start + size])]
    return [message for _, message in [*events, *decoder.flush()]]
