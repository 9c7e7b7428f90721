"""Policy decisions a second on one core, beside @cloud-copilot/iam-simulate and MiniStack's evaluator.

The peers are asked the same questions, each as its own process in an environment of its own, with their documents
parsed beforehand where their interface allows it. A dash is a peer that isn't here or that gave no answer in time.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.engine_questions import questions
from bench.installed import CACHE, environment
from bench.report import table
from crossgrant.iam import Request, evaluate
from crossgrant.iam.scenario import answer, read_json, read_scenario

IAM_SIMULATE = "@cloud-copilot/iam-simulate@0.1.173"
PEERS = Path(__file__).with_name("engine_peers")
SECONDS, PATIENCE = 0.5, 20.0


def run() -> None:
    """Print the tables."""
    asked = questions()
    ours = [_ours(scenario, trace=False) for _, scenario in asked]
    traced = [_ours(scenario, trace=True) for _, scenario in asked]
    simulate = _iam_simulate()
    commands = (simulate, [*simulate, "unchecked"] if simulate else None, _ministack())
    peers = [_peer(command, len(asked)) for command in commands]
    rows = [
        [
            name,
            *map(_rate, (ours[index], traced[index], *(peer[index] for peer in peers))),
            _times(ours[index], peers[0][index]),
        ]
        for index, (name, _) in enumerate(asked)
    ]
    columns = ["question", "crossgrant", "with trace", "iam-simulate", "unchecked", "MiniStack", "times iam-simulate"]
    table("policy decisions a second, one core", columns, rows)
    _simulate()


def rate_of(work: Callable[[], object]) -> float:
    """Return how often `work` is done a second of this process's CPU: the best of many short runs."""
    start, count = time.process_time(), 0
    while time.process_time() - start < SECONDS / 10:
        work()
        count += 1
    size, best = max(1, count // 10), 0.0
    end = time.process_time() + SECONDS
    while time.process_time() < end:
        start = time.process_time()
        for _ in range(size):
            work()
        best = max(best, size / (time.process_time() - start))
    return best


def _ours(line: dict[str, object], *, trace: bool) -> float:
    scenario = read_scenario(line, 0)
    asked, policies = scenario.request, scenario.policies
    assert evaluate(asked, policies).decision in ("Allow", "ImplicitDeny")
    return rate_of(lambda: evaluate(Request(*asked), policies, trace=trace))


def _peer(command: list[str] | None, count: int) -> list[float | None]:
    """Return a peer's rates: it prints one line a question, as long as it answers in time."""
    rates: list[float | None] = [None] * count
    if command is None:
        return rates
    for index, (_, scenario) in enumerate(questions()):
        asked = json.dumps({"seconds": SECONDS, "scenario": scenario})
        try:
            done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=PATIENCE, check=True)
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            print(f"no answer from {command[-1]}: {type(error).__name__}", file=sys.stderr)
            continue
        rates[index] = float(done.stdout)
    return rates


def _iam_simulate() -> list[str] | None:
    """Return the command that asks iam-simulate, installed outside the tree (its licence is the AGPL)."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    folder = CACHE / "iam-simulate"
    if not (folder / "node_modules").is_dir():
        npm = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--package-lock=false"]
        subprocess.run([*npm, "--ignore-scripts", "--loglevel=error", IAM_SIMULATE], check=True)
    shutil.copy(PEERS / "iam_simulate.mjs", folder)
    return ["node", str(folder / "iam_simulate.mjs")]


def _ministack() -> list[str]:
    return [str(environment("ministack") / "bin" / "python"), str(PEERS / "ministack_evaluator.py")]


def _simulate() -> None:
    """Print how many lines a second `crossgrant simulate` answers: reading, deciding and writing."""
    line = json.dumps(questions()[1][1])

    def full() -> str:
        return json.dumps(answer(read_scenario(read_json(line), 1))[0])

    def brief() -> str:
        return json.dumps(answer(read_scenario(read_json(line), 1), brief=True)[0])

    rows = [["full answers", _rate(rate_of(full))], ["--brief", _rate(rate_of(brief))]]
    table("crossgrant simulate, short lines a second, one core", ["answers", "crossgrant"], rows)


def _rate(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:,.0f}"


def _times(ours: float, theirs: float | None) -> str:
    return "-" if not theirs else f"{ours / theirs:,.0f}"
