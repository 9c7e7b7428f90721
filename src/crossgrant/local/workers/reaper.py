"""The gateway's end of the reaper, the process that ends the workers of a gateway that was killed."""

import contextlib
import subprocess
from pathlib import Path

from crossgrant.local.workers.interpreter import PRESENT
from crossgrant.local.workers.runtime_folder import REAPER


class Reaper:
    """A process that kills the groups it was told of, and removes `folder`, once this process is gone."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this Python and a file of ours
            [PRESENT.executable, "-I", "-S", str(REAPER), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={},
        )

    def watch(self, group: int) -> None:
        """Kill `group` if this process ends."""
        self._write(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Leave `group` alone: it has ended."""
        self._write(f"-{group}\n")

    def close(self) -> None:
        """Let the reaper do its work and wait for it."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # somebody ended the reaper; the gateway still ends its workers
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
