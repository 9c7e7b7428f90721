"""Policies with their names, and the set of all that bear on one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from crossgrant.iam.document import PolicyDocument


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A document under the name by which a decision refers to it; `arn` is a managed policy's."""

    name: str
    document: PolicyDocument
    arn: str | None = None


Policies: TypeAlias = tuple[Policy, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PolicySet:
    """What is attached: an empty tuple or None is nothing of that kind.

    Control policies are levels from the organization's root to the account, each with its policies; they are those of
    the caller's account (service_control, rule 12) and of the resource's (resource_control). A trust policy or a key
    policy stands in `resource_based`.
    """

    identity_based: Policies = ()
    resource_based: Policy | None = None
    permissions_boundary: Policy | None = None
    session: Policies = ()
    service_control: tuple[Policies, ...] = ()
    resource_control: tuple[Policies, ...] = ()
    vpc_endpoint: Policies = ()
