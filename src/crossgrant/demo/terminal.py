"""The story in a terminal: calm, one step after the other, as each is done."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from crossgrant.demo import decided
from crossgrant.demo.cast import Cast
from crossgrant.demo.command import command
from crossgrant.demo.gateway import Gateway
from crossgrant.demo.mutate import Flipped
from crossgrant.demo.outcome import Failed, Outcome, Succeeded
from crossgrant.demo.run import Result
from crossgrant.demo.statements import statements
from crossgrant.demo.step import Chapter, Done, Expected, Refused

_CALLER, _OWNER, _STATEMENT, _QUIET = "cyan", "magenta", "blue", "bright_black"
_GOOD, _BAD = "green", "bold red"
_INDENT = "    "


class Terminal:
    """Prints the story to a console, whose width and colours are its own affair."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._document = ""  # whose mutations are being printed
        self._was_setting = True  # whether the step before only set the scene

    def opening(self, cast: Cast, gateway: Gateway) -> None:
        """Draw the two accounts."""
        self._console.print(
            f"\n[bold]crossgrant demo[/]  embedded accounts at {gateway.endpoint}, up in {gateway.started_in:.2f} s"
        )
        self._console.print("every step is a signed request, and IAM decides each", style=_QUIET)
        self._console.print("a third account is there to be kept out\n", style=_QUIET)
        for line in picture(cast):
            self._console.print(line)

    def chapter(self, number: int, chapter: Chapter) -> None:
        """Print a chapter's title."""
        self._console.print(f"\n\n[bold]{number}  {chapter.title}[/]")
        self._was_setting = True

    def result(self, result: Result) -> None:
        """Print one step: the command it equals, what was expected, what came, and what decided."""
        step = result.step
        is_setting = step.expected == Done() and result.as_expected
        mark = Text("✓ ", _GOOD) if result.as_expected else Text("✗ ", _BAD)
        if not (is_setting and self._was_setting):
            self._console.print()
        self._was_setting = is_setting
        self._console.print(Text.assemble("  ", mark, (step.title, "bold")), soft_wrap=True)
        for act in step.acts:
            self._line("$", command(act, short=True), _QUIET)
            for line in statements(act):
                self._line("", line, _STATEMENT)
        if not is_setting:
            self._line("expected", expectation(step.expected))
            self._line("got", finding(result.outcome), "" if result.as_expected else _BAD)
            for line in decided.by(result.decisions, result.outcome):
                self._line("decided by", line, _GOOD if result.as_expected else _BAD)
        if step.note:
            self._line("note", step.note, _QUIET)

    def closing(self, results: list[Result], seconds: float) -> None:
        """Print the sum."""
        wrong = [result.step.id for result in results if not result.as_expected]
        if wrong:
            self._console.print(
                f"\n[{_BAD}]{len(wrong)} of {len(results)} steps differ: {', '.join(wrong)}[/]", soft_wrap=True
            )
            return
        refused = sum(isinstance(result.step.expected, Refused) for result in results)
        self._console.print(
            f"\n[{_GOOD}]{len(results)} steps in {seconds:.1f} s, every one as expected; "
            f"{refused} refused by IAM or STS.[/]",
            soft_wrap=True,
        )
        self._console.print("spoil each statement in turn: crossgrant demo --mutate", style=_QUIET)

    def mutation(self, flipped: Flipped) -> None:
        """Print one mutation and the steps that it flips, under the document that it spoils."""
        mutation = flipped.mutation
        if mutation.document != self._document:
            self._document = mutation.document
            side, _, kind = mutation.document.partition(".")
            self._console.print(f"\n[bold]{kind} of the {side}'s role[/]")
        change = f"{mutation.statement} {mutation.change}"
        flips = Text("nothing", _QUIET) if not flipped.steps else Text(", ".join(flipped.steps), _GOOD)
        self._console.print(Text.assemble(f"  {change:<56}", flips), soft_wrap=True)

    def closing_mutations(self, rows: list[Flipped], seconds: float) -> None:
        """Print the sum."""
        flipping = sum(bool(row.steps) for row in rows)
        self._console.print(
            f"\n[{_GOOD}]{len(rows)} mutations in {seconds:.1f} s; {flipping} flip a step, "
            f"{len(rows) - flipping} flip none, because the other side still holds.[/]",
            soft_wrap=True,
        )

    def _line(self, label: str, text: str, style: str = "") -> None:
        width = 2 if label in {"$", ""} else 12
        self._console.print(Text.assemble(_INDENT, (f"{label:<{width}}", _QUIET), (text, style)), soft_wrap=True)


def expectation(expected: Expected) -> str:
    """Return in words what a step should end in."""
    match expected:
        case Done(value):
            return "done" if value is None else f"the item {decided.item(value)}"
        case Refused(code, action):
            return code if action is None else f"{code} for {action}"


def finding(outcome: Outcome) -> str:
    """Return in words what a step ended in."""
    match outcome:
        case Succeeded(None):
            return "done"
        case Succeeded(value):
            return f"the item {decided.item(value)}" if isinstance(value, dict) else str(value)
        case Failed(code, message):
            return f"{code}: {message}"


def picture(cast: Cast) -> list[Text]:
    """Return the drawing of both accounts and the way between them, under 80 columns wide."""
    grant = cast.grant
    caller = (f"λ {grant.function.name}", f"  runs as {cast.execution_role.name}", "")
    owner = (cast.owner_role.name, f"  may {', '.join(grant.actions)}", f"table {grant.table.name}")
    arrows = ("AssumeRole", "", "GetItem")
    left, right, gap = (max(map(len, column)) for column in (caller, owner, arrows))
    blank = " " * (gap + 6)
    lines = [
        Text.assemble(
            f"   caller (A) {grant.caller.id}".ljust(left + 7), blank, f"  owner (B) {grant.owner.id}", style="bold"
        ),
        _row(f"╭{'─' * (left + 2)}╮", blank, f"╭{'─' * (right + 2)}╮"),
    ]
    for ours, arrow, theirs in zip(caller, arrows, owner, strict=True):
        way = f" {f' {arrow} '.center(gap + 3, '─')}▶ " if arrow else blank
        lines.append(_row(f"│ {ours:<{left}} │", way, f"│ {theirs:<{right}} │"))
    lines.append(_row(f"╰{'─' * (left + 2)}╯", blank, f"╰{'─' * (right + 2)}╯"))
    return lines


def _row(ours: str, way: str, theirs: str) -> Text:
    return Text.assemble("  ", (ours, _CALLER), (way, "bold"), (theirs, _OWNER))
