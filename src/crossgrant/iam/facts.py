"""A request as statements read it."""

from __future__ import annotations

from typing import NamedTuple

from crossgrant.iam.arn import Arn
from crossgrant.iam.context import EMPTY, ContextValue, RequestContext, Values
from crossgrant.iam.principal import Principal
from crossgrant.iam.template import Unresolved

_RESOURCE_ACCOUNT = "aws:resourceaccount"
_DERIVED = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid", "aws:username")
_NAMES = {name.lower(): name for name in _DERIVED}


class Request(NamedTuple):
    """One question: whether `principal` may perform `action` on `resource`.

    A bare `*` as the resource says that the action acts on no resource. `resource_account` wins over the ARN's.
    """

    principal: Principal
    action: str
    resource: str
    resource_account: str | None = None
    context: RequestContext = EMPTY


class Facts:
    """The parts of a request that statements compare, and the look-up of condition keys."""

    __slots__ = (
        "_context",
        "_derived",
        "_given",
        "_missing",
        "action",
        "arn",
        "boundary",
        "owner_account",
        "principal",
        "resource",
    )

    def __init__(self, request: Request, *, boundary: bool) -> None:
        self.principal = request.principal
        self.action = request.action.lower()
        self.resource = request.resource
        self.arn = arn = Arn.parse(request.resource)
        self.boundary = boundary
        self._given = request.context.values
        self._context = request.context
        self._missing = None if request.context.complete else Unresolved.OPEN
        self._derived = request.principal.context
        named = request.resource_account or (arn and arn.account_id)
        self.owner_account = named or request.principal.account_id

    def context(self) -> dict[str, ContextValue]:
        """Return every key that is known: those given as they were, those derived under AWS's names."""
        derived = {_NAMES[key]: values[0] for key, values in self._derived.items() if values}
        if self.owner_account is not None:
            derived["aws:ResourceAccount"] = self.owner_account
        hidden = {name.lower() for name in self._context.given}
        return {
            **{name: value for name, value in derived.items() if name.lower() not in hidden},
            **self._context.given,
        }

    def values(self, key: str) -> Values | Unresolved:
        """Return the values of `key` (in lower case): None where it is absent, OPEN where that isn't known."""
        if key in self._given:
            return self._given[key]
        if key in self._derived:
            return self._derived[key]
        if key == _RESOURCE_ACCOUNT and self.owner_account is not None:
            return (self.owner_account,)
        return self._missing
