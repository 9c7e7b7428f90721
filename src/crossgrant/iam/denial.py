"""AWS's text for a denial.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from crossgrant.iam.decision import DecidedBy, Layer
from crossgrant.iam.evaluate import Evaluation
from crossgrant.iam.facts import Facts, Request
from crossgrant.iam.layers import resource
from crossgrant.iam.principal import PrincipalType

_NAMES = {
    Layer.RESOURCE_CONTROL: "resource control policy",
    Layer.SERVICE_CONTROL: "service control policy",
    Layer.VPC_ENDPOINT: "VPC endpoint policy",
    Layer.RESOURCE: "resource-based policy",
    Layer.PRINCIPAL: "identity-based policy",
    Layer.PERMISSIONS_BOUNDARY: "permissions boundary",
    Layer.SESSION: "session policy",
}
_TRUST_POLICY = "role trust policy"
# Across accounts STS doesn't tell whether the caller's or the role's side is silent: the bare form of F01.
_SIDES = frozenset({Layer.RESOURCE, Layer.PRINCIPAL})
_OWN_DENY = (Layer.PRINCIPAL, "matched")


def denial_message(request: Request, evaluation: Evaluation) -> str:
    """Return the text of a denial; of several reasons only the first is named, as AWS does."""
    facts = Facts(request, boundary=False)
    trust = facts.action in resource.TRUST_ACTIONS
    across = facts.owner_account != request.principal.account_id
    text = f"User: {_caller(request)} is not authorized to perform: {request.action}"
    by = _reason(evaluation.decided_by, either_side=not across and not resource.must_allow(facts))
    if trust and by is not None and by.layer is Layer.RESOURCE and not across:
        return f"{text} {_clause(by, request.action, _TRUST_POLICY)}"
    text += f" on resource: {request.resource}"
    if by is None or (trust and across and by.layer in _SIDES and (by.layer, by.kind) != _OWN_DENY):
        return text
    return f"{text} {_clause(by, request.action, _NAMES[by.layer])}"


def _reason(decided_by: tuple[DecidedBy, ...], *, either_side: bool) -> DecidedBy | None:
    """Return the reason to name: within one account, where either side could have allowed, the caller's."""
    silent = [by for by in decided_by if by.kind == "nothing_allows" and by.layer in _SIDES]
    if either_side and len(silent) > 1 and decided_by[0] == silent[0]:
        return silent[1]
    return decided_by[0] if decided_by else None


def _clause(by: DecidedBy, action: str, name: str) -> str:
    if by.kind == "nothing_allows":
        return f"because no {name} allows the {action} action"
    article = "the" if name == _TRUST_POLICY else "an" if name.startswith("i") else "a"
    return f"with an explicit deny in {article} {name}"


def _caller(request: Request) -> str:
    principal = request.principal
    return principal.arn or ("anonymous" if principal.type is PrincipalType.ANONYMOUS else principal.type)
