"""Every need of a call, decided by `crossgrant.iam`; the first that isn't allowed is the denial."""

from __future__ import annotations

from dataclasses import dataclass

from crossgrant.iam import Decision, Evaluation, PolicySet, Request, RequestContext, denial_message, evaluate
from crossgrant.local.authorization.context import context_of
from crossgrant.local.operation import Call, Need


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision as it was made: what was asked, of which policies, and the answer."""

    request: Request
    policies: PolicySet
    evaluation: Evaluation


class Refused(Exception):  # noqa: N818 - a denial is AWS's answer, not an error of ours
    """The caller may not: AWS's denial text."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def policy_set_of(call: Call, need: Need) -> PolicySet:
    """Return the policies that bear on one need of the call."""
    session = call.caller.session
    return PolicySet(
        identity_based=call.accounts.identities.policies(call.caller.principal_id),
        resource_based=need.resource_policy,
        session=() if session is None else session.policies,
    )


def authorize(call: Call, needs: tuple[Need, ...]) -> tuple[list[Decided], Refused | None]:
    """Decide every need in turn, up to the first that isn't allowed; return the decisions, and the refusal if any."""
    decisions: list[Decided] = []
    for need in needs:
        request = Request(
            principal=call.caller.principal,
            action=need.action,
            resource=need.resource,
            resource_account=need.resource_account,
            context=RequestContext.of(context_of(call, need)),
        )
        policies = policy_set_of(call, need)
        evaluation = evaluate(request, policies)
        decisions.append(Decided(request, policies, evaluation))
        if evaluation.decision is not Decision.ALLOW:
            return decisions, Refused(denial_message(request, evaluation))
    return decisions, None
