"""VPC endpoint policies: what may pass through the endpoint; several are a union.

https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies


def checks(policies: Policies, facts: Facts) -> list[Check]:
    """Return the endpoint's check, none where the request passes through no endpoint."""
    return [check(Layer.VPC_ENDPOINT, policies, facts)] if policies else []
