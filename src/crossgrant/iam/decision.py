"""What an evaluation answers: the decision, and the statements or silent layers that made it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias


class Decision(StrEnum):
    """AWS's words for the outcome; `Unknown` where what isn't known of the context leaves both open."""

    ALLOW = "Allow"
    EXPLICIT_DENY = "ExplicitDeny"
    IMPLICIT_DENY = "ImplicitDeny"
    UNKNOWN = "Unknown"


class Layer(StrEnum):
    """A kind of authority, in the order in which AWS lists its checks (IAM Toolbox's checkType)."""

    RESOURCE_CONTROL = "RESOURCE_CONTROL_POLICY"
    SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
    VPC_ENDPOINT = "VPC_ENDPOINT"
    RESOURCE = "RESOURCE"
    PRINCIPAL = "PRINCIPAL"
    PERMISSIONS_BOUNDARY = "PERMISSIONS_BOUNDARY"
    SESSION = "SESSION"


Kind: TypeAlias = Literal["matched", "nothing_allows"]


class DecidedBy(NamedTuple):
    """One reason for the decision: a statement that matched (or may), or a layer in which nothing allows."""

    layer: Layer
    kind: Kind
    policy: str | None = None
    pointer: str | None = None
    sid: str | None = None


class NotEvaluated(NamedTuple):
    """A part of a statement that couldn't be read: it never allows and never disarms a Deny."""

    layer: Layer
    policy: str
    pointer: str
    reason: str
