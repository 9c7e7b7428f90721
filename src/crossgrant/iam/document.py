"""A policy document in its typed form, with an index of the statements that name an action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossgrant.iam.kind import PolicyKind
from crossgrant.iam.statement import Statement

FEW_STATEMENTS = 8  # are asked one by one, which takes less than an index
REMEMBERED_ACTIONS, LONGEST_ACTION = 4096, 128


class PolicyDocument:
    """An immutable document; two are the same only if they are one object. `source` is its JSON value."""

    __slots__ = ("_by_action", "_exact", "_wild", "id", "kind", "source", "statements", "version")

    def __init__(
        self,
        kind: PolicyKind,
        version: str,
        id: str | None,  # noqa: A002 - the element's name
        statements: tuple[Statement, ...],
        source: Mapping[str, Any],
    ) -> None:
        self.kind = kind
        self.version = version
        self.id = id
        self.statements = statements
        self.source = source
        self._by_action: dict[str, tuple[Statement, ...]] = {}
        self._exact: dict[str, list[int]] | None = None
        self._wild: list[int] = []

    def naming(self, action: str) -> tuple[Statement, ...]:
        """Return the statements whose Action or NotAction holds for `action` (in lower case), in order."""
        found = self._by_action.get(action)
        if found is None:
            found = self._find(action)
            if len(action) <= LONGEST_ACTION:
                if len(self._by_action) >= REMEMBERED_ACTIONS:
                    self._by_action.clear()
                self._by_action[action] = found
        return found

    def _find(self, action: str) -> tuple[Statement, ...]:
        if len(self.statements) <= FEW_STATEMENTS:
            return tuple([statement for statement in self.statements if statement.actions.matches(action)])
        if self._exact is None:
            self._exact = self._index()
        wild = [index for index in self._wild if self.statements[index].actions.matches(action)]
        return tuple([self.statements[index] for index in sorted({*self._exact.get(action, ()), *wild})])

    def _index(self) -> dict[str, list[int]]:
        """Keep each statement under the full action names it lists, or among those with wildcards or NotAction."""
        exact: dict[str, list[int]] = {}
        for index, statement in enumerate(self.statements):
            actions = statement.actions
            if actions.negated or actions.wild:
                self._wild.append(index)
            else:
                for name in actions.exact:
                    exact.setdefault(name, []).append(index)
        return exact
