"""How each statement of each layer fared: the evaluation told element by element."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from crossgrant.iam.check import Check
from crossgrant.iam.conditions import Condition
from crossgrant.iam.context import ContextValue, Values
from crossgrant.iam.decision import Layer
from crossgrant.iam.elements import Grade
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policy
from crossgrant.iam.statement import Statement
from crossgrant.iam.template import Unresolved
from crossgrant.iam.truth import Truth, Unreadable, both


class Effect(StrEnum):
    """What a check did to the request: IAM Toolbox's words, and `UNKNOWN` where context isn't known."""

    ALLOW = "ALLOW"
    NO_IMPACT = "NO_IMPACT"
    IMPLICIT_DENY = "IMPLICIT_DENY"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    UNKNOWN = "UNKNOWN"


class ConditionTrace(NamedTuple):
    """A condition, the values it met (None: absent), and whether it matched; `unread` says why it couldn't be read."""

    condition: Condition
    actual: Values | Unresolved
    matched: Truth
    unread: str | None


class StatementTrace(NamedTuple):
    """A statement element by element; `conditions` is empty where the action doesn't match."""

    statement: Statement
    matched: Truth
    action: bool
    grade: Grade
    resource: Truth
    conditions: tuple[ConditionTrace, ...]


class PolicyTrace(NamedTuple):
    """A policy and its statements."""

    policy: Policy
    statements: tuple[StatementTrace, ...]


class CheckTrace(NamedTuple):
    """A layer, or one level of a control policy."""

    layer: Layer
    effect: Effect
    policies: tuple[PolicyTrace, ...]


class Trace(NamedTuple):
    """The checks in AWS's order, and the context they saw (None: known to be absent)."""

    checks: tuple[CheckTrace, ...]
    context: Mapping[str, ContextValue]


def trace(facts: Facts, checks: Iterable[Check], used: Iterable[Check], silent: Iterable[Check]) -> Trace:
    """Tell how each statement of `checks` fared; `used` had to allow, `silent` had to and didn't."""
    used_ids, silent_ids = set(map(id, used)), set(map(id, silent))
    traced = []
    for check in checks:
        if not check.policies and id(check) not in used_ids:  # the owner had nothing to allow
            continue
        effect = _effect(check, used=id(check) in used_ids, silent=id(check) in silent_ids)
        policies = tuple([_policy(policy, facts) for policy in check.policies])
        traced.append(CheckTrace(check.layer, effect, policies))
    return Trace(tuple(traced), facts.context())


def _effect(check: Check, *, used: bool, silent: bool) -> Effect:
    if any(not found[2] for found in check.denies):
        return Effect.EXPLICIT_DENY
    if silent:
        return Effect.IMPLICIT_DENY
    if check.denies or (used and check.allow is None):
        return Effect.UNKNOWN
    return Effect.ALLOW if used and check.allow else Effect.NO_IMPACT


def _policy(policy: Policy, facts: Facts) -> PolicyTrace:
    named = set(map(id, policy.document.naming(facts.action)))
    told = [_statement(each, facts, action=id(each) in named) for each in policy.document.statements]
    return PolicyTrace(policy, tuple(told))


def _statement(statement: Statement, facts: Facts, *, action: bool) -> StatementTrace:
    grade = statement.grade(facts)
    resource = statement.resources.matches(facts) if statement.resources is not None else True
    conditions = tuple(_condition(each, statement, facts) for each in statement.conditions) if action else ()
    matched = both(action, grade is not Grade.NONE, resource, *[each.matched for each in conditions])
    return StatementTrace(statement, matched, action, grade, resource, conditions)


def _condition(condition: Condition, statement: Statement, facts: Facts) -> ConditionTrace:
    reading, actual = condition.test(facts), facts.values(condition.key.lower())
    if isinstance(reading, Unreadable):
        return ConditionTrace(condition, actual, not statement.allows, reading.reason)
    return ConditionTrace(condition, actual, reading, None)
