"""A request as statements read it."""

from __future__ import annotations

from typing import NamedTuple

from crossgrant.iam.arn import PARTS
from crossgrant.iam.context import EMPTY, ContextValue, RequestContext, Values
from crossgrant.iam.decision import Layer, NotEvaluated
from crossgrant.iam.principal import Principal
from crossgrant.iam.template import Unresolved

_RESOURCE_ACCOUNT = "aws:resourceaccount"
_DERIVED = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid", "aws:username")
_NAMES = {name.lower(): name for name in _DERIVED}
OPEN = Unresolved.OPEN


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
    """The parts of a request that statements compare, and the look-up of condition keys.

    `parts` are the six of the resource's ARN, None where it isn't one. `unread` collects, for the policy being asked,
    the places that couldn't be read and why.
    """

    __slots__ = (
        "action",
        "boundary",
        "not_evaluated",
        "owner_account",
        "parts",
        "principal",
        "request",
        "resource",
        "unread",
    )

    def __init__(self, request: Request, *, boundary: bool) -> None:
        self.request = request
        self.principal, action, self.resource, owner, _ = request
        self.action = action.lower()
        self.boundary = boundary
        self.unread: list[tuple[str, str]] = []
        self.not_evaluated: list[NotEvaluated] = []
        parts = self.resource.split(":", PARTS - 1)
        self.parts = parts if len(parts) == PARTS and parts[0] == "arn" else None
        if owner is None and self.parts is not None and parts[4].isdecimal():
            owner = parts[4]
        self.owner_account = owner or self.principal.account_id

    def note_unread(self, layer: Layer, policy: str) -> None:
        """Keep what couldn't be read of a policy."""
        self.not_evaluated += [NotEvaluated(layer, policy, pointer, reason) for pointer, reason in self.unread]
        self.unread.clear()

    def context(self) -> dict[str, ContextValue]:
        """Return every key that is known: those given as they were, those derived under AWS's names."""
        given, known = self.request.context.values, {}
        for key, values in self.principal.context.items():
            if values and key not in given:
                known[_NAMES[key]] = values[0]
        if self.owner_account is not None and _RESOURCE_ACCOUNT not in given:
            known["aws:ResourceAccount"] = self.owner_account
        return {**known, **self.request.context.given}

    def values(self, key: str) -> Values | Unresolved:
        """Return the values of `key` (in lower case): None where it is absent, OPEN where that isn't known."""
        context = self.request.context
        if key in context.values:
            return context.values[key]
        if key in self.principal.context:
            return self.principal.context[key]
        if key == _RESOURCE_ACCOUNT and self.owner_account is not None:
            return (self.owner_account,)
        return None if context.complete else OPEN
