"""One hop under all policies that bear on it, decided by `crossgrant.iam` alone.

A part that was not read is taken as allowing: a denial that remains is decided by what was read, whatever the rest
says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

from crossgrant.evidence import AttachedPolicy, JsonObject, Known, NotRead, Role
from crossgrant.evidence.snapshot import Levels
from crossgrant.iam import (
    Arn,
    Decision,
    Evaluation,
    Layer,
    MalformedPolicyDocumentError,
    Policy,
    PolicyDocument,
    PolicyKind,
    PolicySet,
    Principal,
    Request,
    RequestContext,
    evaluate,
    parse_policy,
)

EVERYTHING = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
EVERYONE = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}'


@dataclass(frozen=True)
class HopEvaluation:
    """A hop's request and policies, unread parts taken as allowing, and what those parts are, by layer."""

    request: Request
    policies: PolicySet
    unread: Mapping[str, NotRead]

    @cached_property
    def evaluation(self) -> Evaluation:
        """The hop under all its policies."""
        return evaluate(self.request, self.policies, trace=True)

    @property
    def allowed(self) -> bool:
        """Whether everything allows, as far as it was read."""
        return self.evaluation.decision is Decision.ALLOW

    @property
    def denied(self) -> bool:
        """Whether what was read denies, whatever the rest says."""
        return self.evaluation.decision in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY)

    @property
    def crosses(self) -> bool:
        """Whether the resource must allow by itself: it is another account's, or a role."""
        arn = Arn.parse(self.request.resource)
        elsewhere = arn is not None and arn.account not in ("", self.request.principal.account_id)
        return elsewhere or self.request.action.startswith("sts:")

    def alone(self, layer: Layer) -> Evaluation:
        """Return the hop under one layer, all the others allowing."""
        identity, everyone = (_everything(),), _everyone() if self.crosses else None
        match layer:
            case Layer.PRINCIPAL:
                return evaluate(
                    self.request, PolicySet(identity_based=self.policies.identity_based, resource_based=everyone)
                )
            case Layer.RESOURCE:
                return evaluate(
                    self.request, PolicySet(identity_based=identity, resource_based=self.policies.resource_based)
                )
            case Layer.PERMISSIONS_BOUNDARY:
                limits = PolicySet(permissions_boundary=self.policies.permissions_boundary)
            case Layer.SERVICE_CONTROL:
                limits = PolicySet(service_control=self.policies.service_control)
            case Layer.RESOURCE_CONTROL:
                limits = PolicySet(resource_control=self.policies.resource_control)
            case Layer.VPC_ENDPOINT:
                limits = PolicySet(vpc_endpoint=self.policies.vpc_endpoint)
            case Layer.SESSION:
                limits = PolicySet(session=self.policies.session)
        return evaluate(self.request, replace(limits, identity_based=identity, resource_based=everyone))


@cache
def _everything() -> Policy:
    return Policy("everything", parse_policy(EVERYTHING, PolicyKind.IDENTITY_BASED))


@cache
def _everyone() -> Policy:
    return Policy("everyone", parse_policy(EVERYONE, PolicyKind.RESOURCE_BASED))


@lru_cache(maxsize=512)
def _parsed(text: str, kind: PolicyKind) -> PolicyDocument:
    return parse_policy(json.loads(text), kind)


def parsed(document: JsonObject, kind: PolicyKind) -> PolicyDocument:
    """Return a document in the engine's form; MalformedPolicyDocumentError where AWS would refuse it."""
    return _parsed(json.dumps(document), kind)


def evaluate_hop(  # noqa: PLR0913 - the parts that decide a request
    *,
    principal: Principal,
    action: str,
    resource: str,
    context: RequestContext,
    role: Known[Role | None],
    service_control: Known[Levels],
    resource_policy: Known[JsonObject | None],
    resource_kind: PolicyKind,
    resource_control: Known[Levels],
) -> HopEvaluation:
    """Decide one hop; a role that does not exist grants nothing."""
    reader = _Reader()
    policies = PolicySet(
        identity_based=reader.identity(role),
        resource_based=reader.resource(resource_policy, resource_kind),
        permissions_boundary=reader.boundary(role),
        service_control=reader.levels(service_control, PolicyKind.SERVICE_CONTROL, "SERVICE_CONTROL_POLICY"),
        resource_control=reader.levels(resource_control, PolicyKind.RESOURCE_CONTROL, "RESOURCE_CONTROL_POLICY"),
    )
    return HopEvaluation(Request(principal, action, resource, context=context), policies, reader.unread)


class _Reader:
    """Turns what was read into the engine's values, and notes by layer what was not."""

    def __init__(self) -> None:
        self.unread: dict[str, NotRead] = {}

    def policy(self, attached: AttachedPolicy, kind: PolicyKind, layer: str, instead: str) -> Policy:
        known = attached.document
        if not isinstance(known, NotRead):
            try:
                return Policy(attached.name, parsed(known, kind), attached.arn)
            except MalformedPolicyDocumentError as error:
                known = NotRead(f"AWS would refuse {attached.name}: {error.message}")
        self.unread.setdefault(layer, known)
        return Policy(attached.name, _parsed(instead, _PLAIN.get(kind, kind)), attached.arn)

    def identity(self, role: Known[Role | None]) -> tuple[Policy, ...]:
        if role is None:
            return ()
        known = role.policies if isinstance(role, Role) else role
        if isinstance(known, NotRead):
            known = (AttachedPolicy("not read", known),)
        return tuple(self.policy(each, PolicyKind.IDENTITY_BASED, "PRINCIPAL", EVERYTHING) for each in known)

    def boundary(self, role: Known[Role | None]) -> Policy | None:
        known = role.boundary if isinstance(role, Role) else role
        if known is None:
            return None
        if isinstance(known, NotRead):
            self.unread["PERMISSIONS_BOUNDARY"] = known
            return None
        return self.policy(known, PolicyKind.PERMISSIONS_BOUNDARY, "PERMISSIONS_BOUNDARY", EVERYTHING)

    def resource(self, known: Known[JsonObject | None], kind: PolicyKind) -> Policy | None:
        if known is None:
            return None
        name = "trust policy" if kind is PolicyKind.TRUST else "resource policy"
        if not isinstance(known, NotRead) and "Statement" not in known:
            return None
        return self.policy(AttachedPolicy(name, known), kind, "RESOURCE", EVERYONE)

    def levels(self, known: Known[Levels], kind: PolicyKind, layer: str) -> tuple[tuple[Policy, ...], ...]:
        if isinstance(known, NotRead):
            self.unread[layer] = known
            return ()
        return tuple(tuple(self.policy(each, kind, layer, EVERYTHING) for each in level) for level in known)


_PLAIN = {PolicyKind.TRUST: PolicyKind.RESOURCE_BASED, PolicyKind.RESOURCE_CONTROL: PolicyKind.SERVICE_CONTROL}
"""The kind as which a stand-in is read: AWS lets a trust policy allow only what assumes a role."""
