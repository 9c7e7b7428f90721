"""VPC endpoint policies: what may pass through the endpoint; several are a union.

https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies


def check_endpoint(policies: Policies, facts: Facts) -> Check:
    """Return the endpoint's check."""
    return check(Layer.VPC_ENDPOINT, policies, facts)
