"""The Python that a function runs under: the one its Runtime names where it runs here, else the present one."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python executable and the version it reports, such as `3.12.1`."""

    executable: str
    version: str

    @property
    def minor(self) -> str:
        """Return the version as a Runtime names it, such as `3.12`."""
        return ".".join(self.version.split(".")[:2])

    @property
    def patch(self) -> str:
        """Return the last number of the version."""
        return self.version.split(".")[-1]


# The environment's own executable would find the environment's packages again when the handler starts it.
PRESENT = Interpreter(getattr(sys, "_base_executable", sys.executable), ".".join(map(str, sys.version_info[:3])))


class Interpreters:
    """Find interpreters by the Runtime's name, each once."""

    def __init__(self) -> None:
        self._found: dict[str, Interpreter] = {}

    async def find(self, runtime: str) -> Interpreter:
        """Return the interpreter for `runtime`, such as `python3.12`; the present one if that does not run here."""
        if runtime == f"python{PRESENT.minor}":
            return PRESENT
        if runtime not in self._found:
            self._found[runtime] = await _search(runtime) or PRESENT
        return self._found[runtime]


async def _search(name: str) -> Interpreter | None:
    """Try every `name` on PATH: a version manager puts one there that does not run."""
    for folder in os.get_exec_path():
        executable = Path(folder) / name
        if not os.access(executable, os.X_OK):
            continue
        process = await asyncio.create_subprocess_exec(
            executable, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        output, _ = await process.communicate()
        if process.returncode == 0:
            return Interpreter(str(executable), output.decode().removeprefix("Python ").strip())
    return None
