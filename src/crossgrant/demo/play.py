"""A whole performance: a gateway of its own, the story or its mutations, and the print of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from crossgrant.demo.cast import DEVELOPER, STRANGER, THIRD_ACCOUNT, Cast, cast
from crossgrant.demo.decisions import DecisionLog
from crossgrant.demo.gateway import Gateway, running
from crossgrant.demo.mutate import mutate, prepare
from crossgrant.demo.perform import Performer
from crossgrant.demo.report import mutation_report, story_report
from crossgrant.demo.run import Result, run
from crossgrant.demo.story import chapters
from crossgrant.demo.terminal import Terminal

_USERS = {DEVELOPER: "caller", STRANGER: "third"}


def play_story(*, quiet: bool) -> tuple[bool, dict[str, Any]]:
    """Perform the story; return whether every step ended as expected, and the report.

    Args:
        quiet: print nothing.

    """
    began, story = time.monotonic(), cast()
    terminal = Terminal(_console(quiet=quiet))
    results: list[Result] = []
    with _stage(story) as (gateway, performer):
        terminal.opening(story, gateway)
        log = DecisionLog(performer)
        for number, chapter in enumerate(chapters(story), start=1):
            terminal.chapter(number, chapter)
            for result in run(chapter.steps, performer, log):
                terminal.result(result)
                results.append(result)
    terminal.closing(results, time.monotonic() - began)
    return all(result.as_expected for result in results), story_report(results)


def play_mutations(*, quiet: bool) -> tuple[bool, dict[str, Any]]:
    """Perform every mutation; return True, and the report. As `play_story`.

    Raises:
        CrossgrantError: a step differs before anything is spoiled.

    """
    began, story = time.monotonic(), cast()
    terminal = Terminal(_console(quiet=quiet))
    rows = []
    with _stage(story) as (gateway, performer):
        terminal.opening(story, gateway)
        prepare(story, performer)
        for flipped in mutate(story, performer):
            terminal.mutation(flipped)
            rows.append(flipped)
    terminal.closing_mutations(rows, time.monotonic() - began)
    return True, mutation_report(rows)


@contextmanager
def _stage(story: Cast) -> Iterator[tuple[Gateway, Performer]]:
    accounts = {"caller": story.grant.caller.id, "owner": story.grant.owner.id, "third": THIRD_ACCOUNT}
    with running(accounts, _USERS) as gateway:
        yield gateway, Performer(gateway)


def _console(*, quiet: bool) -> Console:
    return Console(highlight=False, quiet=quiet)
