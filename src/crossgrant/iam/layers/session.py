"""Session policies, given when the session was made: they limit it; several are a union.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies
from crossgrant.iam.principal import PrincipalType


def checks(policies: Policies, facts: Facts) -> list[Check]:
    """Return the session's check; a federated user's session without a session policy has no permissions."""
    principal = facts.principal
    if not principal.has_identity or (not policies and principal.type is not PrincipalType.FEDERATED_USER):
        return []
    return [check(Layer.SESSION, policies, facts)]
