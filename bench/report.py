"""A table of figures on standard output."""

from __future__ import annotations

from collections.abc import Sequence


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a heading and a table, its first column on the left and the others on the right."""
    widths = [max(len(row[column]) for row in (columns, *rows)) for column in range(len(columns))]
    print(f"\n{title}\n")
    for row in (columns, ["-" * width for width in widths], *rows):
        cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        print("  ".join((row[0].ljust(widths[0]), *cells)), flush=True)


def ratio(ours: float | None, theirs: float | None) -> str:
    """Return `ours` as a part of `theirs`; less is better."""
    return f"{ours / theirs:.2f}" if ours is not None and theirs else "-"


def microseconds(seconds: float | None) -> str:
    """Return a duration in µs, or a dash where the peer can't do it."""
    return "-" if seconds is None else f"{1e6 * seconds:,.0f} µs"
