"""Session policies, given when the session was made: they limit it; several are a union.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies


def check_session(policies: Policies, facts: Facts) -> Check:
    """Return the session's check; without a policy nothing allows."""
    return check(Layer.SESSION, policies, facts)
