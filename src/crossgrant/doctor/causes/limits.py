"""What limits both sides' policies: boundaries, the organizations' control policies, endpoint policies."""

from __future__ import annotations

from crossgrant.doctor.cause import Finding, Fix, Found, Open, RuledOut, Side, Target
from crossgrant.doctor.hop import HopEvaluation
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.statements import add_statement
from crossgrant.evidence import AttachedPolicy, Function, NotRead, Role
from crossgrant.iam import Decision, Layer

TOLD = {
    Layer.PERMISSIONS_BOUNDARY: "permissions boundary",
    Layer.SERVICE_CONTROL: "service control policy",
    Layer.RESOURCE_CONTROL: "resource control policy",
    Layer.VPC_ENDPOINT: "VPC endpoint policy",
}


def _limit(inquiry: Inquiry, layer: Layer) -> HopEvaluation | Finding:
    """Return the hop where the layer denies it, or what there is to say instead.

    A denial by one of these is named in AWS's text: where they were not read, a text without the name rules them out,
    but for resource control policies, whose name does not cross organizations.
    """
    hop = inquiry.evaluation
    if hop is None:
        return RuledOut("the call is not evaluated")
    if layer in hop.unread:
        if inquiry.denied and inquiry.parsed.principal and layer is not Layer.RESOURCE_CONTROL:
            return RuledOut(f"the text names no {TOLD[layer]}")
        return Open(f"the {TOLD[layer]} was not read", (hop.unread[layer],))
    if hop.alone(layer).decision in (Decision.ALLOW, Decision.UNKNOWN):
        return RuledOut(f"no {TOLD[layer]} stands in the way")
    return hop


def _decided(hop: HopEvaluation, layer: Layer) -> str:
    """Return the policy and the place of the Deny that decided, or that nothing allows."""
    first = hop.alone(layer).decided_by[0]
    return f"{first.policy} {first.pointer}" if first.kind == "matched" else "no statement allows it"


def stopped_by_service_control(inquiry: Inquiry) -> Finding:
    """F15: the control policies of the account of whoever calls."""
    hop = _limit(inquiry, Layer.SERVICE_CONTROL)
    if not isinstance(hop, HopEvaluation):
        return hop
    side = Side.OWNER if inquiry.hop is Hop.READ else Side.CALLER
    return Found(f"the {side}'s organization denies {inquiry.action}", _decided(hop, Layer.SERVICE_CONTROL), side=side)


def stopped_by_resource_control(inquiry: Inquiry) -> Finding:
    """F16: the control policies of the account that owns the role or the table."""
    hop = _limit(inquiry, Layer.RESOURCE_CONTROL)
    if not isinstance(hop, HopEvaluation):
        return hop
    return Found("the owner's organization denies it to this caller", _decided(hop, Layer.RESOURCE_CONTROL))


def stopped_by_boundary(inquiry: Inquiry) -> Finding:
    """F17: the permissions boundary of the role that calls."""
    hop = _limit(inquiry, Layer.PERMISSIONS_BOUNDARY)
    if not isinstance(hop, HopEvaluation):
        return hop
    role, side = (inquiry.role, Side.OWNER) if inquiry.hop is Hop.READ else (inquiry.execution_role, Side.CALLER)
    fix = None
    if (
        isinstance(role, Role)
        and isinstance(role.boundary, AttachedPolicy)
        and not isinstance(role.boundary.document, NotRead)
    ):
        statement = {"Effect": "Allow", "Action": inquiry.action, "Resource": hop.request.resource}
        target = Target(side, "boundary", role.name, role.boundary.arn or role.boundary.name)
        fix = Fix(target, add_statement(role.boundary.document, statement), f"add {inquiry.action} to the boundary")
    return Found(
        f"the boundary of the {side}'s role does not allow {inquiry.action}",
        _decided(hop, Layer.PERMISSIONS_BOUNDARY),
        side=side,
        fix=fix,
    )


def stopped_by_endpoint(inquiry: Inquiry) -> Finding:
    """F28: the policy of the endpoint that the function's VPC reaches the service by."""
    function = inquiry.function
    if isinstance(function, Function) and function.vpc is None:
        return RuledOut("the function is in no VPC")
    hop = _limit(inquiry, Layer.VPC_ENDPOINT)
    if not isinstance(hop, HopEvaluation):
        return hop
    return Found("the endpoint's policy does not allow it", _decided(hop, Layer.VPC_ENDPOINT))


TESTS = (
    ("F15", stopped_by_service_control),
    ("F16", stopped_by_resource_control),
    ("F17", stopped_by_boundary),
    ("F28", stopped_by_endpoint),
)
