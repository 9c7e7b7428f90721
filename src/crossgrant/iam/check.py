"""What one layer found: the statements that hold, those that are open, and whether it allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from crossgrant.iam.decision import DecidedBy, Layer
from crossgrant.iam.elements import Grade
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies, Policy
from crossgrant.iam.statement import Statement
from crossgrant.iam.truth import Truth

# A statement that holds or, where the third is true, may hold; the fourth tells how closely it names the caller.
# Plain tuples: an evaluation makes several, and a NamedTuple takes thirty times as long to make.
Found: TypeAlias = tuple[Policy, Statement, bool, Grade]
DIRECT = Grade.DIRECT


class Check(NamedTuple):
    """The findings of one layer, or of one level of a control policy."""

    layer: Layer
    policies: Policies
    allow: Truth
    allows: Sequence[Found] = ()
    denies: Sequence[Found] = ()


def check(layer: Layer, policies: Policies, facts: Facts, *, implied: bool = False) -> Check:
    """Ask every statement of `policies` that names the action.

    `implied` stands for an Allow that no given policy holds: RCPFullAWSAccess, the root user's full access.
    """
    allows: list[Found] = []
    denies: list[Found] = []
    allow: Truth = implied
    for policy in policies:
        for statement in policy.document.naming(facts.action):
            grade = DIRECT if statement.principals is None else statement.grade(facts)
            truth = grade and statement.holds(facts)
            if truth is False or not grade:
                continue
            if statement.allows:
                allows.append((policy, statement, truth is None, grade))
                allow = allow or truth is True or None
            else:
                denies.append((policy, statement, truth is None, grade))
        if facts.unread:
            facts.note_unread(layer, policy.name)
    return Check(layer, policies, allow, allows, denies)


def allowing(found: Sequence[Found], grade: Grade) -> Truth:
    """Return whether a statement that names the caller at least as closely as `grade` allows."""
    truth: Truth = False
    for _, _, is_open, named in found:
        if named >= grade:
            if not is_open:
                return True
            truth = None
    return truth


def matched(check: Check, found: Found) -> DecidedBy:
    """Return a statement as a reason for the decision."""
    policy, statement, _, _ = found
    return DecidedBy(check.layer, "matched", policy.name, statement.pointer, statement.sid)


def silent(check: Check) -> DecidedBy:
    """Return a layer in which nothing allows as a reason for the decision."""
    return DecidedBy(check.layer, "nothing_allows")
