"""Identity-based policies: the caller's own, its groups' included.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies
from crossgrant.iam.principal import PrincipalType

PRINCIPAL = Layer.PRINCIPAL
ROOT, FEDERATED_USER = PrincipalType.ROOT, PrincipalType.FEDERATED_USER


def check_principal(policies: Policies, session: Policies, facts: Facts) -> Check:
    """Return the caller's check; the root user is allowed without a policy.

    A federated user's session without a session policy has none of its user's permissions:
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
    """
    kind = facts.principal.type
    found = check(PRINCIPAL, policies, facts, implied=kind is ROOT)
    return found._replace(allow=False) if kind is FEDERATED_USER and not session else found
