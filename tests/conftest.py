"""What holds for every test: hypothesis's profiles, the gateway, and which tests this machine can't run.

A test that needs Node or Java is left out where there is none, and the summary names it; nothing is skipped silently.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from support.gateway import Gateway, running_gateway

NEEDS = {"node": "node", "java": "java"}  # marker: the program that such a test needs

hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")

for name in [name for name in os.environ if name.startswith("AWS_")]:  # tests meet the embedded accounts alone
    del os.environ[name]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

not_run: pytest.StashKey[set[str]] = pytest.StashKey()


def runs(program: str) -> bool:
    """Return whether `program` is here and starts (macOS has a `java` that only says where to get one)."""
    path = shutil.which(program)
    return path is not None and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def pytest_configure(config: pytest.Config) -> None:
    config.stash[not_run] = set()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marked = {marker for marker in NEEDS if any(item.get_closest_marker(marker) for item in items)}
    absent = {marker for marker in marked if not runs(NEEDS[marker])}
    left_out = [item for item in items if any(item.get_closest_marker(marker) for marker in absent)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
        config.stash[not_run].update(item.nodeid for item in left_out)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):  # in an xdist worker: hand the names to the one that prints
        names = session.config.stash[not_run]
        session.config.workeroutput["not_run"] = sorted(names)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[not_run].update(node.workeroutput.get("not_run", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    names = config.stash[not_run]
    if names:
        terminalreporter.section("not run: no Node or no Java on this machine")
        for name in sorted(names):
            terminalreporter.write_line(f"not run: {name}")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The accounts caller and owner, embedded; one gateway for a test module."""
    with running_gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running
