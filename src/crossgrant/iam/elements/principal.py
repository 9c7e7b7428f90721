"""Principal and NotPrincipal.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TypeAlias

from crossgrant.iam.arn import Arn
from crossgrant.iam.facts import Facts
from crossgrant.iam.principal import Principal, PrincipalType, RoleName

Names: TypeAlias = "tuple[tuple[str, str], ...]"


class Grade(IntEnum):
    """How closely a statement names a caller; within one account it decides what else must allow.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """

    NONE = 0
    ACCOUNT = 1  # rule 6: the account decides further, so an identity-based policy must allow
    LIMITED = 2  # rule 2: the role (or the federated session's user): boundary and session policies still limit
    DIRECT = 3  # rules 1, 3 and 4: the session, the user, or everyone: nothing of the caller's own limits


@dataclass(frozen=True, eq=False)
class PrincipalElement:
    """The principals of one statement: pairs of kind (AWS, Service, Federated, CanonicalUser) and name, as written."""

    names: Names
    negated: bool = False

    @classmethod
    def of(cls, value: object, *, negated: bool = False) -> PrincipalElement:
        """Read a validated element: `*` or lists by kind. `"*"` and `{"AWS": "*"}` are the same (rule 41)."""
        if not isinstance(value, Mapping):
            return cls((("AWS", "*"),), negated)
        names = ((kind, name) for kind, listed in value.items() for name in _listed(listed))
        return cls(tuple(names), negated)

    @cached_property
    def everyone(self) -> bool:
        """Whether the element is `*`."""
        return ("AWS", "*") in self.names

    @cached_property
    def _accounts(self) -> frozenset[str]:
        return frozenset(filter(None, (_account(name) for kind, name in self.names if kind == "AWS")))

    @cached_property
    def _roles(self) -> frozenset[RoleName]:
        return frozenset(filter(None, (_role(name) for kind, name in self.names if kind == "AWS")))

    @cached_property
    def _listed(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.names)

    def grade(self, principal: Principal) -> Grade:
        """Return how closely the listed names, negation aside, name `principal`."""
        if self.everyone:
            return Grade.DIRECT
        match principal.type:
            case PrincipalType.SERVICE:
                return Grade.DIRECT if ("Service", principal.arn) in self._listed else Grade.NONE
            case PrincipalType.FEDERATED:
                return Grade.DIRECT if ("Federated", principal.arn) in self._listed else Grade.NONE
            case PrincipalType.CANONICAL_USER:
                return Grade.DIRECT if ("CanonicalUser", principal.arn) in self._listed else Grade.NONE
            case PrincipalType.ROLE_SESSION:
                direct, limited = self._names(principal.arn), principal.role_name in self._roles
                limited = limited or self._names(principal.unique_id)
            case PrincipalType.ROLE:
                direct, limited = False, self._names(principal.arn) or self._names(principal.unique_id)
            case PrincipalType.USER:
                direct, limited = self._names(principal.arn) or self._names(principal.unique_id), False
            case PrincipalType.FEDERATED_USER:
                direct = self._names(principal.arn)
                limited = self._names(principal.user_arn) or self._names(principal.unique_id)
            case _:
                direct = limited = False
        if direct:
            return Grade.DIRECT
        if limited:
            return Grade.LIMITED
        return Grade.ACCOUNT if principal.account_id in self._accounts else Grade.NONE

    def _names(self, name: str | None) -> bool:
        return ("AWS", name) in self._listed

    def matches(self, facts: Facts) -> Grade:
        """Return how closely the element, negation included, names the request's caller."""
        grade = self.grade(facts.principal)
        if not self.negated:
            return grade
        return Grade.NONE if self._exempts(facts) else Grade.DIRECT

    def _exempts(self, facts: Facts) -> bool:
        """Return whether a Deny with NotPrincipal leaves the caller alone.

        Its account must be listed too, and its role for a session (rule 16); a caller with a permissions boundary is
        always denied (rule 17).
        """
        if facts.boundary:
            return False
        principal = facts.principal
        if self.everyone or not principal.has_identity:
            return self.grade(principal) is not Grade.NONE
        if principal.account_id not in self._accounts:
            return False
        match principal.type:
            case PrincipalType.ROOT:
                return True
            case PrincipalType.ROLE_SESSION:
                role = principal.role_name in self._roles or self._names(principal.unique_id)
                return role and self._names(principal.arn)
            case PrincipalType.ROLE:
                return self.grade(principal) is Grade.LIMITED
            case _:
                return self.grade(principal) is Grade.DIRECT


def _listed(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list | tuple) else ()


def _account(name: str) -> str | None:
    """Return the account that `name` stands for: its root's ARN and its 12 digits are the same (rule 6)."""
    if ":" not in name:
        return name if name.isdecimal() else None
    arn = Arn.parse(name)
    return arn.account if arn is not None and arn.service == "iam" and arn.resource == "root" else None


def _role(name: str) -> RoleName | None:
    arn = Arn.parse(name)
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        return None
    return RoleName(arn.partition, arn.account, arn.resource.rsplit("/", 1)[-1])
