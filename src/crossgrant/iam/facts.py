"""A request as statements read it."""

from __future__ import annotations

from dataclasses import dataclass

from crossgrant.iam.arn import Arn
from crossgrant.iam.context import EMPTY, RequestContext, Values
from crossgrant.iam.principal import Principal
from crossgrant.iam.template import Unresolved


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One question: may `principal` perform `action` on `resource`?

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
        self._missing = None if request.context.complete else Unresolved.OPEN
        self._derived = request.principal.context
        named = request.resource_account or (arn and arn.account_id)
        self.owner_account = named or request.principal.account_id

    def values(self, key: str) -> Values | Unresolved:
        """Return the values of `key` (in lower case): None where it is absent, OPEN where that isn't known."""
        if key in self._given:
            return self._given[key]
        if key in self._derived:
            return self._derived[key]
        if key == "aws:resourceaccount" and self.owner_account is not None:
            return (self.owner_account,)
        return self._missing
