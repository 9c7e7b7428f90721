"""A worker's processes: the one that was started and whatever it forked, measured and ended together."""

import contextlib
import os
import signal
from collections.abc import Iterable

import psutil


def kill_group(leader: int) -> None:
    """Kill the process group of `leader` and those of its descendants that left the group."""
    try:
        strays = psutil.Process(leader).children(recursive=True)
    except psutil.NoSuchProcess:
        strays = []
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        os.killpg(leader, signal.SIGKILL)
    for process in strays:
        with contextlib.suppress(psutil.Error):  # it has ended, or isn't ours to kill
            process.kill()


def members(leaders: Iterable[int]) -> dict[int, list[int]]:
    """Return the process ids of each leader's group, from one look at the process table."""
    groups: dict[int, list[int]] = {leader: [] for leader in leaders}
    for pid in psutil.pids():
        try:
            group = os.getpgid(pid)
        except (ProcessLookupError, PermissionError):
            continue
        if group in groups:
            groups[group].append(pid)
    return groups


def resident_memory(pids: Iterable[int], limit: int) -> int:
    """Return the resident memory of `pids` in bytes; pages they share count once where that decides on `limit`."""
    processes = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    resident = sum(_measure(process, exact=False) for process in processes)
    if resident > limit and len(processes) > 1:
        return sum(_measure(process, exact=True) for process in processes)
    return resident


def _measure(process: psutil.Process, *, exact: bool) -> int:
    try:
        if not exact:
            return int(process.memory_info().rss)
        info = process.memory_full_info()
    except psutil.Error:
        return 0  # it ended, or is ending
    return int(getattr(info, "pss", info.uss))
