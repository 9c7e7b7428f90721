"""A derivation as the JSON that `crossgrant derive --json` prints; the shape is stable.

{"grant", "via", "caller": {"account", "function", "log_group", "environment", "execution_role": ROLE},
                 "owner": {"account", "table", "role": ROLE | null, "table_policy", "key_policy"}}
ROLE = {"name", "arn", "trust_policy", "policies": {NAME: DOCUMENT}}
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from crossgrant.grants.derive import CallerSide, Derivation, OwnerSide, Role
from crossgrant.grants.document import Document, Json
from crossgrant.grants.model import Account


class Side(StrEnum):
    """One of the two accounts of a grant."""

    CALLER = "caller"
    OWNER = "owner"


BOTH_SIDES = tuple(Side)


def report(derivation: Derivation, sides: Iterable[Side] = BOTH_SIDES) -> dict[str, Json]:
    """Return what a grant derives for `sides`."""
    result: dict[str, Json] = {"grant": derivation.grant.name, "via": derivation.grant.via.value}
    for side in sides:
        match side:
            case Side.CALLER:
                result["caller"] = _caller(derivation.caller)
            case Side.OWNER:
                result["owner"] = _owner(derivation.owner)
    return result


def _caller(side: CallerSide) -> dict[str, Json]:
    return {
        "account": _account(side.account),
        "function": side.function_arn,
        "log_group": side.log_group,
        "environment": dict(side.environment),
        "execution_role": _role(side.execution_role),
    }


def _owner(side: OwnerSide) -> dict[str, Json]:
    return {
        "account": _account(side.account),
        "table": side.table_arn,
        "role": None if side.role is None else _role(side.role),
        "table_policy": _document(side.table_policy),
        "key_policy": _document(side.key_policy),
    }


def _account(account: Account) -> dict[str, Json]:
    return {"name": account.name, "id": account.id, "region": account.region, "profile": account.profile}


def _role(role: Role) -> dict[str, Json]:
    return {
        "name": role.name,
        "arn": role.arn,
        "trust_policy": _document(role.trust_policy),
        "policies": {role.policy_name: role.policy.as_json()},
    }


def _document(document: Document | None) -> dict[str, Json] | None:
    return None if document is None else document.as_json()
