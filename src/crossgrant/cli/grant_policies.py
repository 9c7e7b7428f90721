"""Which of a grant file's derived policies bear on one question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crossgrant.cli.derive import read
from crossgrant.grants import Derivation, Role, derive
from crossgrant.iam import Arn, Principal, PrincipalType


def policies_of_grants(file: Path, principal: object, resource: str) -> dict[str, Any]:
    """Return the policies of the caller's role and of the resource, as a scenario's `policies`."""
    caller = Principal.parse(principal)
    identity_based: list[dict[str, Any]] = []
    policies: dict[str, Any] = {"identity_based": identity_based}
    for derivation in map(derive, read(file).grants):
        for role in _roles(derivation):
            if _is_session_of(caller, role):
                identity_based.append({"name": role.policy_name, "document": role.policy.as_json()})
            if role.arn == resource and role.trust_policy is not None:
                name = f"trust policy of {role.name}"
                policies["resource_based"] = {"name": name, "document": role.trust_policy.as_json()}
        table = derivation.owner.table_policy
        if table is not None and derivation.owner.table_arn == resource:
            policies["resource_based"] = {"name": "policy of the table", "document": table.as_json()}
    return policies


def _roles(derivation: Derivation) -> tuple[Role, ...]:
    owner = derivation.owner.role
    return (derivation.caller.execution_role, *(() if owner is None else (owner,)))


def _is_session_of(caller: Principal, role: Role) -> bool:
    arn, of_role = Arn.parse(caller.arn or ""), Arn.parse(role.arn)
    if arn is None or of_role is None or arn.account != of_role.account:
        return False
    if caller.type is PrincipalType.ROLE_SESSION:
        return arn.resource.split("/")[1] == role.name
    return caller.arn == role.arn
