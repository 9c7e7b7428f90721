"""The end of another process, noticed within half a second."""

from __future__ import annotations

import asyncio
import os

_PAUSE = 0.25


async def ended(pid: int) -> None:
    """Return when the process has ended; when it is our parent, also when it is a zombie that nobody has reaped."""
    if os.getppid() == pid:
        while os.getppid() == pid:
            await asyncio.sleep(_PAUSE)
        return
    import psutil  # noqa: PLC0415 - importing it takes longer than starting the gateway's state

    try:
        process = psutil.Process(pid)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(_PAUSE)
    except psutil.NoSuchProcess:
        return
