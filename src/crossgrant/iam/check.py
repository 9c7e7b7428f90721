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
    """A statement that holds or, where `open`, may hold; `grade` tells how closely it names the caller."""

    policy: Policy
    statement: Statement
    open: bool
    grade: Grade


class Check(NamedTuple):
    """The findings of one layer, or of one level of a control policy."""

    layer: Layer
    policies: Policies
    allow: Truth
    allows: list[Found]
    denies: list[Found]
    not_evaluated: list[NotEvaluated]


def check(layer: Layer, policies: Policies, facts: Facts, *, implied: bool = False) -> Check:
    """Ask every statement of `policies` that names the action.

    `implied` stands for an Allow that no given policy holds: RCPFullAWSAccess, the root user's full access.
    """
    allows: list[Found] = []
    denies: list[Found] = []
    not_evaluated: list[NotEvaluated] = []
    unread: list[tuple[str, str]] = []
    for policy in policies:
        for statement in policy.document.naming(facts.action):
            grade = statement.grade(facts, unread)
            if not grade:
                continue
            truth = statement.holds(facts, unread)
            if truth is not False:
                found = Found(policy, statement, truth is None, grade)
                (allows if statement.allows else denies).append(found)
        if unread:
            not_evaluated += [NotEvaluated(layer, policy.name, pointer, reason) for pointer, reason in unread]
            unread.clear()
    return Check(layer, policies, implied or allowing(allows), allows, denies, not_evaluated)


def allowing(found: list[Found], grade: Grade = Grade.ACCOUNT) -> Truth:
    """Return whether a statement that names the caller at least as closely as `grade` allows."""
    truth: Truth = False
    for each in found:
        if each.grade >= grade:
            if not each.open:
                return True
            truth = None
    return truth


def matched(check: Check, found: Found) -> DecidedBy:
    """Return a statement as a reason for the decision."""
    return DecidedBy(check.layer, "matched", found.policy.name, found.statement.pointer, found.statement.sid)


def silent(check: Check) -> DecidedBy:
    """Return a layer in which nothing allows as a reason for the decision."""
    return DecidedBy(check.layer, "nothing_allows")
