"""Who takes part: the grant of the starter file, what it derives, and the neighbours that it must keep out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from crossgrant.grants import Derivation, Document, Grant, Principal, Role, Statement, derive, load

FUNCTION_FOLDER = Path(str(resources.files("crossgrant.grants") / "starter" / "function"))
PROBE_FOLDER = Path(str(resources.files("crossgrant.demo") / "probe"))
GRANT_FILE = FUNCTION_FOLDER.parent / "crossgrant.yaml"

THIRD_ACCOUNT = "333333333333"
EXTERNAL_ID = "orders-7f3c"
ITEM: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"id": {"S": "123"}, "status": {"S": "shipped"}, "total": {"N": "42.5"}}
)
ITEM_ID = "123"

# The neighbours. Each is given everything that its own side can give it.
OTHER_FUNCTION = "returns-api"  # of the caller, with a role of its own
SHARING_FUNCTION = "orders-report"  # of the caller, with the execution role
OTHER_TABLE = "Customers"  # of the owner
OTHER_ROLE = "OrdersAdminRole"  # of the owner, and it trusts the execution role
DEVELOPER = "developer"  # a user of the caller
STRANGER = "stranger"  # a user of the third account


@dataclass(frozen=True, slots=True)
class Cast:
    """The grant with and without an external id; the two derive the same apart from the owner's trust policy."""

    plain: Derivation
    with_external_id: Derivation

    @property
    def grant(self) -> Grant:
        """The grant of the starter file."""
        return self.plain.grant

    @property
    def execution_role(self) -> Role:
        """The role that the function runs as."""
        return self.plain.caller.execution_role

    @property
    def owner_role(self) -> Role:
        """The role that the function assumes."""
        assert self.plain.owner.role is not None
        return self.plain.owner.role

    def trust(self, *, external_id: bool) -> Document:
        """Return the owner's trust policy."""
        role = (self.with_external_id if external_id else self.plain).owner.role
        assert role is not None
        assert role.trust_policy is not None
        return role.trust_policy


@cache
def cast() -> Cast:
    """Return who takes part."""
    grant = load(GRANT_FILE, now=datetime.now(UTC)).grants[0]
    asking = replace(grant, conditions=replace(grant.conditions, external_id=EXTERNAL_ID))
    return Cast(derive(grant), derive(asking))


def trust_in(principal: str) -> Document:
    """Return a trust policy that names one AWS principal."""
    return Document((Statement("Trust", ("sts:AssumeRole",), principal=Principal("AWS", principal)),))


def may_assume(role_arn: str) -> Document:
    """Return a policy that allows to assume one role, without a condition."""
    return Document((Statement("AssumeRole", ("sts:AssumeRole",), (role_arn,)),))
