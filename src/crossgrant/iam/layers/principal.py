"""Identity-based policies: the caller's own, its groups' included.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies
from crossgrant.iam.principal import PrincipalType


def check_principal(policies: Policies, session: Policies, facts: Facts) -> Check | None:
    """Return the caller's check, or None for one without policies of its own (rule 42).

    The root user is allowed without a policy. A federated user's session without a session policy has none of its
    user's permissions (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html).
    """
    if not facts.principal.has_identity:
        return None
    kind = facts.principal.type
    found = check(Layer.PRINCIPAL, policies, facts, implied=kind is PrincipalType.ROOT)
    if kind is PrincipalType.FEDERATED_USER and not session:
        return found._replace(allow=False)
    return found
