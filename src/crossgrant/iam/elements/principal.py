"""Principal and NotPrincipal.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from crossgrant.iam.arn import Arn
from crossgrant.iam.facts import Facts
from crossgrant.iam.lazy import lazy
from crossgrant.iam.principal import Name, Principal, account_name, role_name


class Grade(IntEnum):
    """How closely a statement names a caller; within one account it decides what else must allow.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """

    NONE = 0
    ACCOUNT = 1  # rule 6: the account decides further, so an identity-based policy must allow
    LIMITED = 2  # rule 2: the role (or the federated session's user): boundary and session policies still limit
    DIRECT = 3  # rules 1, 3 and 4: the session, the user, or everyone: nothing of the caller's own limits


NONE, ACCOUNT, LIMITED, DIRECT = Grade


@dataclass(frozen=True, eq=False)
class PrincipalElement:
    """The principals of one statement: pairs of kind (AWS, Service, Federated, CanonicalUser) and name, as written."""

    names: tuple[tuple[str, str], ...]
    negated: bool = False

    @classmethod
    def of(cls, value: object, *, negated: bool = False) -> PrincipalElement:
        """Read a validated element: `*` or lists by kind. `"*"` and `{"AWS": "*"}` are the same (rule 41)."""
        if not isinstance(value, Mapping):
            return cls((("AWS", "*"),), negated)
        listed = {kind: (names,) if isinstance(names, str) else names for kind, names in value.items()}
        return cls(tuple((kind, name) for kind, names in listed.items() for name in names), negated)

    @lazy
    def everyone(self) -> bool:
        """Whether the element is `*`."""
        return ("AWS", "*") in self.names

    @lazy
    def listed(self) -> frozenset[Name]:
        """The names, and with them the accounts and the roles without their path that they stand for."""
        names: set[Name] = set(self.names)
        for kind, name in self.names:
            arn = Arn.parse(name)
            if kind != "AWS":
                continue
            if arn is None:
                names.add(account_name(name))
            elif arn.service == "iam" and arn.resource == "root":
                names.add(account_name(arn.account))
            elif arn.service == "iam" and arn.resource.startswith("role/"):
                names.add(role_name(arn))
        return frozenset(names)

    def grade(self, principal: Principal) -> Grade:
        """Return how closely the names, negation aside, name `principal`."""
        if self.everyone:
            return DIRECT
        listed, names = self.listed, principal.names
        if not listed.isdisjoint(names.direct):
            return DIRECT
        if not listed.isdisjoint(names.limited):
            return LIMITED
        return ACCOUNT if names.account in listed else NONE

    def matches(self, facts: Facts) -> Grade:
        """Return how closely the element, negation included, names the request's caller."""
        if self.negated:
            return NONE if self._exempts(facts) else DIRECT
        return self.grade(facts.principal)

    def _exempts(self, facts: Facts) -> bool:
        """Return whether a Deny with NotPrincipal leaves the caller alone.

        Its account must be listed too, and its role for a session (rule 16); a caller with a permissions boundary is
        always denied (rule 17).
        """
        if facts.boundary:
            return False
        if self.everyone:
            return True
        names, listed = facts.principal.names, self.listed
        if names.account is None:
            return not listed.isdisjoint(names.direct)
        return (
            names.account in listed
            and (not names.direct or not listed.isdisjoint(names.direct))
            and (not names.limited or not listed.isdisjoint(names.limited))
        )
