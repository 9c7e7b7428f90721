"""The option by which every command that needs a running gateway finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ReadyFile = Annotated[
    Path | None, typer.Option("--ready-file", help="The gateway's ready file; by default the last one you started.")
]
