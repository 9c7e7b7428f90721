"""What one layer found: the statements that hold, those that are open, and whether it allows."""

from __future__ import annotations

from typing import NamedTuple

from crossgrant.iam.decision import DecidedBy, Layer, NotEvaluated
from crossgrant.iam.elements import Grade
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies, Policy
from crossgrant.iam.statement import Statement
from crossgrant.iam.truth import Truth


class Found(NamedTuple):
    """A statement that holds, or that is open."""

    policy: Policy
    statement: Statement
    open: bool


class Check:
    """The findings of one layer, or of one level of a control policy.

    `implied` stands for an Allow that no given policy holds: RCPFullAWSAccess, the root user's full access.
    """

    __slots__ = ("allow", "allows", "denies", "deny", "implied", "layer", "not_evaluated", "policies")

    def __init__(self, layer: Layer, policies: Policies, facts: Facts, *, implied: bool = False) -> None:
        self.layer = layer
        self.policies = policies
        self.implied = implied
        self.allows: list[Found] = []
        self.denies: list[Found] = []
        self.not_evaluated: list[NotEvaluated] = []
        unread: list[tuple[str, str]] = []
        action = facts.action
        for policy in policies:
            for statement in policy.document.naming(action):
                truth = statement.holds(facts, unread)
                if truth is not False:
                    found = Found(policy, statement, truth is None)
                    (self.allows if statement.allows else self.denies).append(found)
            if unread:
                self.not_evaluated += [NotEvaluated(layer, policy.name, pointer, why) for pointer, why in unread]
                unread.clear()
        self.allow: Truth = implied or _truth(self.allows)
        self.deny: Truth = _truth(self.denies)

    @property
    def findings(self) -> list[Found]:
        """Every statement that holds or is open."""
        return self.allows + self.denies

    def allow_of(self, grade: Grade, facts: Facts) -> Truth:
        """Return whether a statement that names the caller at least as closely as `grade` allows."""
        return _truth([found for found in self.allows if _grade(found.statement, facts) >= grade])


def _grade(statement: Statement, facts: Facts) -> Grade:
    return Grade.NONE if statement.principals is None else statement.principals.matches(facts)


def _truth(found: list[Found]) -> Truth:
    """Return True where a statement holds, None where one may, else False."""
    if not found:
        return False
    return None if all(each.open for each in found) else True


def matched(check: Check, found: Found) -> DecidedBy:
    """Return a statement as a reason for the decision."""
    return DecidedBy(check.layer, "matched", found.policy.name, found.statement.pointer, found.statement.sid)


def silent(check: Check) -> DecidedBy:
    """Return a layer in which nothing allows as a reason for the decision."""
    return DecidedBy(check.layer, "nothing_allows")
