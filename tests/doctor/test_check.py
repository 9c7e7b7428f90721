"""A grant of every mode, with its derived policies as both accounts' evidence: the doctor finds it allowed."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crossgrant.doctor import check_up, expected_of, inquiries
from crossgrant.evidence import AccountSnapshot, AttachedPolicy, Function, Role, Section, Table
from crossgrant.grants import Derivation, derive, parse
from support.accounts import account
from support.grant_cases import CASES, NOW, edited

LIVED = tomllib.loads((CASES / "lived.toml").read_text("utf-8"))["grant"]
SECONDS = NOW.timestamp()


def derivation(case: dict[str, Any]) -> Derivation:
    text = edited((CASES / "base.yaml").read_text("utf-8"), case["edits"])
    return derive(parse(text, Path("crossgrant.yaml"), now=NOW).grants[0])


def sides(derived: Derivation) -> tuple[AccountSnapshot, AccountSnapshot]:
    """Return both accounts as the grant's deployment leaves them."""
    caller, owner = derived.caller, derived.owner
    function = Function(caller.function_arn, caller.execution_role.arn, caller.environment, 30, None)
    table_policy = owner.table_policy.as_json() if owner.table_policy else None
    table = Table(owner.table_arn, "ACTIVE", {"id": "S"}, (), None, table_policy)
    functions, tables = Section({function.arn: function}, rest=None), Section({table.arn: table}, rest=None)
    roles = [role(owner.role)] if owner.role else []
    return (
        account(derived.grant.caller.id, role(caller.execution_role), functions=functions),
        account(derived.grant.owner.id, *roles, tables=tables),
    )


def role(derived: Any) -> Role:
    policies = (AttachedPolicy(derived.policy_name, derived.policy.as_json()),)
    return Role(
        derived.arn, "AROAEXAMPLE000000000", derived.trust_policy.as_json(), policies, None, 3600, 0.0, SECONDS, {}
    )


def checked(derived: Derivation, caller: AccountSnapshot, owner: AccountSnapshot, now: float = SECONDS) -> Any:
    expected = expected_of(derived.grant)
    actions = tuple(f"dynamodb:{each}" for each in derived.grant.actions)
    return check_up(expected, inquiries(expected, actions, caller, owner, now))


@pytest.mark.parametrize("case", LIVED, ids=lambda case: case["id"])
def test_a_deployed_grant_of_every_mode_is_allowed_without_drift(case: dict[str, Any]) -> None:
    derived = derivation(case)
    checkup = checked(derived, *sides(derived))
    troubled = [(link.title, link.detail) for link in checkup.links if link.status.value not in ("pass", "skipped")]
    assert (checkup.outcome.value, troubled) == ("allow", [])


@pytest.mark.parametrize("case", LIVED, ids=lambda case: case["id"])
def test_a_grant_that_is_not_deployed_is_denied(case: dict[str, Any]) -> None:
    derived = derivation(case)
    caller, _ = sides(derived)
    table = Table(derived.owner.table_arn, "ACTIVE", {"id": "S"}, (), None, None)
    empty = account(derived.grant.owner.id, tables=Section({table.arn: table}, rest=None))
    assert checked(derived, caller, empty).outcome.value == "deny"


def test_another_account_than_the_grants_is_never_judged_healthy() -> None:
    derived = derivation(LIVED[0])
    caller, owner = sides(derived)
    checkup = checked(derived, caller, account("333333333333", *owner.roles.found.values(), tables=owner.tables))
    assert checkup.outcome.value == "deny"


def test_a_function_that_runs_with_another_role_is_denied_though_the_grants_own_role_may() -> None:
    derived = derivation(LIVED[0])
    caller, owner = sides(derived)
    (function,) = caller.functions.found.values()
    other = replace(function, role_arn=f"{function.role_arn}-other")
    changed = replace(caller, functions=Section({other.arn: other}, rest=None))
    checkup = checked(derived, changed, owner)
    assert (checkup.outcome.value, checkup.links[2].causes[0]) == ("deny", "F10")


def test_a_table_or_an_index_that_is_not_there_is_denied() -> None:
    derived = derivation(LIVED[0])
    caller, owner = sides(derived)
    gone = checked(derived, caller, replace(owner, tables=Section({}, rest=None)))
    assert gone.outcome.value == "deny"
    assert any(link.causes[:1] == ("F32",) for link in gone.links)


def test_another_key_than_the_grants_is_drift() -> None:
    derived = derivation(LIVED[0])
    caller, owner = sides(derived)
    (table,) = owner.tables.found.values()
    changed = replace(owner, tables=Section({table.arn: replace(table, key={"pk": "S"})}, rest=None))
    warned = [link.title for link in checked(derived, caller, changed).links if link.status.value == "warn"]
    assert warned == ["the table's key"]
