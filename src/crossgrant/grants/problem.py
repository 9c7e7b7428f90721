"""What is wrong with a grant file: each problem with its place, its key and the fix."""

from __future__ import annotations

from dataclasses import dataclass

from crossgrant.errors import CrossgrantError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend.

    Args:
        line: from 1.
        column: from 1.
        key: the way to it in the file, `grants.orders-reader.to.role`; empty for the file itself.
        message: what was expected and what was found.
        help: what to do about it, or None.

    """

    line: int
    column: int
    key: str
    message: str
    help: str | None = None


class GrantFileError(CrossgrantError):
    """A grant file that can't be used, with every problem found in it, in the file's order."""

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        assert problems
        super().__init__(problems[0].message, help=problems[0].help)
        self.path = path
        self.problems = problems

    def describe(self) -> str:
        """Return every problem as the terminal shows it: the message, the place and the help."""
        return "\n".join(self._describe(problem) for problem in self.problems)

    def _describe(self, problem: Problem) -> str:
        lines = [f"error: {problem.message}", f"  --> {self.path}:{problem.line}:{problem.column}"]
        if problem.help is not None:
            lines.append(f"  help: {problem.help}")
        return "\n".join(lines)
