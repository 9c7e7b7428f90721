"""`crossgrant clock`: move the clock by which sessions end and time conditions hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from crossgrant.cli.ready_file import ReadyFile
from crossgrant.errors import CrossgrantError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("clock", help="Move the gateway's clock forward: `crossgrant clock --advance 1h`.")(clock)


def clock(
    advance: Annotated[str, typer.Option(help="How far: 30s, 15m, 1h, 2d, or several together (1h30m).")],
    ready_file: ReadyFile = None,
) -> None:
    """Move the clock by an operator's signed call; signatures keep the real time."""
    from crossgrant.cli.operator_call import operator_call  # noqa: PLC0415 - botocore takes its time

    answer = operator_call(ready_file, "AdvanceClock", {"Seconds": seconds(advance)})
    now = datetime.fromtimestamp(answer["Now"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    typer.echo(f"the gateway's clock shows {now}")


def seconds(text: str) -> float:
    """Return a duration such as `1h30m` in seconds.

    Raises:
        CrossgrantError: it is no duration.

    """
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise CrossgrantError(f"`{text}` is no duration", help="write a number and s, m, h or d: 30s, 15m, 1h, 2d")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
