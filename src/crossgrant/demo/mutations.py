"""Each derived statement removed, each condition removed, each action, resource and principal widened, one at a time.

A policy is only as exact as what goes wrong when a part of it is missing: every mutation should flip the steps that
this part is there for, and no other. tests/cases/demo/mutations.toml says which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crossgrant.demo.calls import put_role_policy, update_trust
from crossgrant.demo.cast import Cast, trust_in
from crossgrant.demo.step import Call
from crossgrant.grants import Document, Principal, Role, Statement


@dataclass(frozen=True, slots=True)
class Mutation:
    """One spoiled statement, and the call that puts the derived policy back."""

    document: str  # caller.trust, caller.policy, owner.trust or owner.policy
    statement: str  # its Sid
    change: str
    spoil: Call
    restore: Call

    @property
    def id(self) -> str:
        """What tells it from every other."""
        return f"{self.document}/{self.statement}/{self.change}"


@dataclass(frozen=True, slots=True)
class _Change:
    name: str
    statements: tuple[Statement, ...]  # what stands in the statement's place


def mutations(cast: Cast) -> tuple[Mutation, ...]:
    """Return every mutation of the four derived documents."""
    caller_root, owner_root = (f"arn:aws:iam::{side.id}:root" for side in (cast.grant.caller, cast.grant.owner))
    assert cast.execution_role.trust_policy is not None
    trusts = (
        ("caller", cast.execution_role, cast.execution_role.trust_policy),
        ("owner", cast.owner_role, cast.trust(external_id=True)),
    )
    return (
        *(each for trust in trusts for each in _of_trust(*trust, nobody=owner_root, account=caller_root)),
        *_of_policy("caller", cast.execution_role),
        *_of_policy("owner", cast.owner_role),
    )


def _of_trust(profile: str, role: Role, trust: Document, *, nobody: str, account: str) -> Iterator[Mutation]:
    """Return the mutations of a trust policy.

    A trust policy needs a statement: where none is left, `nobody` stands in, a principal that the story doesn't use.
    """
    restore = update_trust(profile, role.name, trust.as_json())
    for at, statement in enumerate(trust.statements):
        for change in _changes(statement, account):
            spoiled = _spoiled(trust, at, change) or trust_in(nobody)
            spoil = update_trust(profile, role.name, spoiled.as_json())
            yield Mutation(f"{profile}.trust", statement.sid, change.name, spoil, restore)


def _of_policy(profile: str, role: Role) -> Iterator[Mutation]:
    restore = put_role_policy(profile, role)
    delete = Call(profile, "iam", "delete_role_policy", {"RoleName": role.name, "PolicyName": role.policy_name})
    for at, statement in enumerate(role.policy.statements):
        for change in _changes(statement, account=""):
            spoiled = _spoiled(role.policy, at, change)
            spoil = delete if spoiled is None else put_role_policy(profile, replace(role, policy=spoiled))
            yield Mutation(f"{profile}.policy", statement.sid, change.name, spoil, restore)


def _spoiled(document: Document, at: int, change: _Change) -> Document | None:
    statements = (*document.statements[:at], *change.statements, *document.statements[at + 1 :])
    return Document(statements) if statements else None


def _changes(statement: Statement, account: str) -> Iterator[_Change]:
    yield _Change("removed", ())
    for condition in statement.conditions:
        rest = tuple(each for each in statement.conditions if each is not condition)
        yield _Change(f"without {condition.key}", (replace(statement, conditions=rest),))
    services = tuple(dict.fromkeys(f"{action.partition(':')[0]}:*" for action in statement.actions))
    yield _Change(f"with {' and '.join(services)}", (replace(statement, actions=services),))
    if statement.resources:
        yield _Change("on every resource", (replace(statement, resources=("*",)),))
    if statement.principal is not None:
        for name, principal in (("for the caller's whole account too", account), ("for everyone too", "*")):
            twin = replace(statement, sid=f"{statement.sid}Widened", principal=Principal("AWS", principal))
            yield _Change(name, (statement, twin))
