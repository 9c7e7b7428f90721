"""The resource's own policy: a resource-based policy, a role's trust policy or a KMS key's policy (rules 1-9).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.kind import PolicyKind
from crossgrant.iam.policy import Policy

TRUST_ACTIONS = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)
RESOURCE = Layer.RESOURCE
_NO_POLICY = Check(RESOURCE, (), False)


def check_resource(policy: Policy | None, facts: Facts) -> Check:
    """Return the check of the resource's policy; without one nothing allows."""
    return _NO_POLICY if policy is None else check(RESOURCE, (policy,), facts)


def policy_kind(action: str) -> PolicyKind:
    """Return the kind of policy that stands at the resource of `action`, in lower case: the action says it."""
    if action in TRUST_ACTIONS:
        return PolicyKind.TRUST
    return PolicyKind.KMS_KEY if action.startswith("kms:") else PolicyKind.RESOURCE_BASED


def must_allow(facts: Facts) -> bool:
    """Return whether the resource's policy must allow even within one account: a trust or a key policy (rule 8)."""
    if facts.action in TRUST_ACTIONS:
        return True
    return facts.action.startswith("kms:") and facts.parts is not None and facts.parts[-1].startswith("key/")
