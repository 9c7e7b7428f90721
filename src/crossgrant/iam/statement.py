"""One statement, and whether it holds for a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
"""

from __future__ import annotations

from typing import NamedTuple

from crossgrant.iam.conditions import Condition
from crossgrant.iam.elements import ActionElement, Grade, PrincipalElement, ResourceElement
from crossgrant.iam.facts import Facts
from crossgrant.iam.truth import Truth


class Statement(NamedTuple):
    """A statement in its typed form; `pointer` is its place in the document, `/Statement/0` for a single one too.

    `principals` is None where the kind of policy has none, `resources` in a trust policy.
    """

    sid: str | None
    allows: bool
    actions: ActionElement
    resources: ResourceElement | None
    principals: PrincipalElement | None
    conditions: tuple[Condition, ...]
    pointer: str

    def holds(self, facts: Facts) -> Truth:
        """Return whether the statement, whose action and principal match, holds; None where that is open."""
        truth: Truth = True
        if self.resources is not None:
            truth = self.resources.matches(facts)
            if truth is False:
                return False
        unread = False
        for condition in self.conditions:
            reading = condition.test(facts)
            if reading is True:
                continue
            if reading is False:
                return False
            if reading is None:
                truth = None
                continue
            facts.unread.append((condition.pointer, reading.reason))
            unread = True
        return False if unread and self.allows else truth

    def grade(self, facts: Facts) -> Grade:
        """Return how closely the statement names the caller; an Allow with NotPrincipal names nobody (rule 17)."""
        if self.principals is None:
            return Grade.DIRECT
        if self.principals.negated and self.allows:
            facts.unread.append((f"{self.pointer}/NotPrincipal", "NotPrincipal with Allow isn't supported"))
            return Grade.NONE
        return self.principals.matches(facts)
