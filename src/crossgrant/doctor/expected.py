"""What a grant file says the two accounts should hold, as far as a diagnosis compares with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crossgrant.grants import Grant


@dataclass(frozen=True, slots=True)
class Expected:
    """One grant's names, ARNs and documents."""

    grant: str
    caller_id: str
    owner_id: str
    function_arn: str
    execution_role_arn: str
    execution_session: str
    role_arn: str | None
    table_arn: str
    actions: tuple[str, ...]
    external_id: str | None
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    source_identity: str | None = None
    leading_keys: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    key: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    caller_policy: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    trust: Mapping[str, Any] | None = None
    owner_policy: Mapping[str, Any] | None = None
    table_policy: Mapping[str, Any] | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def read_action(self) -> str:
        """The action that stands for the grant where no text names one."""
        return f"dynamodb:{self.actions[0]}"


def expected_of(grant: Grant) -> Expected:
    """Return what `grant` derives."""
    from crossgrant.grants import Via, derive  # noqa: PLC0415 - YAML takes its time, and a text alone needs none

    derived = derive(grant)
    caller, owner = derived.caller, derived.owner
    role = caller.execution_role
    return Expected(
        grant=grant.name,
        caller_id=grant.caller.id,
        owner_id=grant.owner.id,
        function_arn=caller.function_arn,
        execution_role_arn=role.arn,
        execution_session=f"arn:{role.arn.split(':')[1]}:sts::{grant.caller.id}:assumed-role/{role.name}/{grant.function.name}",
        role_arn=owner.role.arn if owner.role and grant.via is Via.ASSUME_ROLE else None,
        table_arn=owner.table_arn,
        actions=grant.actions,
        external_id=grant.conditions.external_id,
        tags=grant.session.tags,
        source_identity=grant.session.source_identity,
        leading_keys=grant.items.leading_keys,
        attributes=grant.items.attributes,
        indexes=grant.table.indexes,
        key=grant.table.key,
        caller_policy=role.policy.as_json(),
        trust=owner.role.trust_policy.as_json() if owner.role and owner.role.trust_policy else None,
        owner_policy=owner.role.policy.as_json() if owner.role else None,
        table_policy=owner.table_policy.as_json() if owner.table_policy else None,
        environment=caller.environment,
    )
