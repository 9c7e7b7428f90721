"""The test of each cause over the evidence, in the order in which causes come before one another.

A cause earlier in the table explains the ones after it: a role that does not exist is not trusted either. Rows of the
catalogue without a test here are told by their text alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from crossgrant.doctor.cause import Finding
from crossgrant.doctor.causes import (
    function,
    identity,
    key,
    limits,
    other_role,
    role,
    role_policy,
    table,
    token,
    trust,
    trust_condition,
)
from crossgrant.doctor.inquiry import Inquiry

Test: TypeAlias = Callable[[Inquiry], Finding]

TESTS: tuple[tuple[str, Test], ...] = (
    *role.TESTS,
    *function.TESTS,
    *token.TESTS,
    *other_role.TESTS,
    *identity.TESTS,
    *limits.TESTS,
    *trust.TESTS,
    *trust_condition.TESTS,
    *trust.LAST,
    *table.TESTS,
    *role_policy.TESTS,
    *key.TESTS,
)

__all__ = ["TESTS", "Test"]
