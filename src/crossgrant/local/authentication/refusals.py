"""AWS's refusals of a request that isn't properly signed: one table of codes and statuses per protocol.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from crossgrant.local.operation import ServiceError


class Refusal(Enum):
    """Why a request isn't authenticated."""

    MISSING_TOKEN = "missing token"  # noqa: S105 - a name, no secret
    INCOMPLETE = "incomplete signature"
    SIGNATURE = "signature"
    UNKNOWN_KEY = "unknown key"
    EXPIRED = "expired token"


class _Wire(NamedTuple):
    code: str
    status: int


# Codes and statuses as recorded from AWS: confirmed.md's S, D and L tables say where.
_QUERY = {
    Refusal.MISSING_TOKEN: _Wire("MissingAuthenticationToken", 403),
    Refusal.INCOMPLETE: _Wire("IncompleteSignature", 400),
    Refusal.SIGNATURE: _Wire("SignatureDoesNotMatch", 403),
    Refusal.UNKNOWN_KEY: _Wire("InvalidClientTokenId", 403),
    Refusal.EXPIRED: _Wire("ExpiredToken", 403),
}
_JSON = {
    Refusal.MISSING_TOKEN: _Wire("MissingAuthenticationTokenException", 400),
    Refusal.INCOMPLETE: _Wire("IncompleteSignatureException", 400),
    Refusal.SIGNATURE: _Wire("InvalidSignatureException", 400),
    Refusal.UNKNOWN_KEY: _Wire("UnrecognizedClientException", 400),
    Refusal.EXPIRED: _Wire("ExpiredTokenException", 400),
}
_REST_JSON = {refusal: _Wire(wire.code, 403) for refusal, wire in _JSON.items()}
_BY_PROTOCOL = {"query": _QUERY, "json": _JSON, "rest-json": _REST_JSON}

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key"
    " and signing method. Consult the service documentation for details."
)
INVALID_TOKEN = "The security token included in the request is invalid"  # noqa: S105 - AWS's sentence
UNKNOWN_KEY = "The security token included in the request is invalid."
EXPIRED = "The security token included in the request is expired"
MISSING = "Request is missing Authentication Token"


class AuthenticationError(Exception):
    """The request isn't authenticated: which refusal, and AWS's text."""

    def __init__(self, refusal: Refusal, message: str) -> None:
        super().__init__(message)
        self.refusal = refusal
        self.message = message


def refusal_error(error: AuthenticationError, protocol: str) -> ServiceError:
    """Return the refusal as the protocol's services word it."""
    wire = _BY_PROTOCOL[protocol][error.refusal]
    message = error.message
    if protocol == "rest-json" and error.refusal is Refusal.MISSING_TOKEN:
        message = "Missing Authentication Token"
    if protocol == "rest-json" and error.refusal is Refusal.UNKNOWN_KEY:
        message = INVALID_TOKEN
    return ServiceError(wire.code, message, wire.status)
