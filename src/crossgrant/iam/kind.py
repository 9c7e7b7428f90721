"""The kinds of policy."""

from __future__ import annotations

from enum import StrEnum


class PolicyKind(StrEnum):
    """Where a document stands: it decides which elements it may hold and what it limits or grants."""

    IDENTITY_BASED = "identity_based"
    RESOURCE_BASED = "resource_based"
    TRUST = "trust"
    KMS_KEY = "kms_key"
    PERMISSIONS_BOUNDARY = "permissions_boundary"
    SESSION = "session"
    SERVICE_CONTROL = "service_control"
    RESOURCE_CONTROL = "resource_control"
    VPC_ENDPOINT = "vpc_endpoint"
