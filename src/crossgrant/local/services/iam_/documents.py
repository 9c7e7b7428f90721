"""Policy documents as IAM takes, keeps and shows them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
"""

from __future__ import annotations

import json
import logging
from urllib.parse import quote

from crossgrant.iam import MalformedPolicyDocumentError, PolicyKind, parse_policy
from crossgrant.local.accounts import Accounts
from crossgrant.local.operation import ServiceError
from crossgrant.local.services.iam_.pinning import UnknownPrincipalError, pin, unembedded

_log = logging.getLogger(__name__)

MANAGED_SIZE = 6_144
TRUST_SIZE = 2_048
INLINE_SIZES = {"user": 2_048, "role": 10_240}


def checked(document: str, kind: PolicyKind) -> str:
    """Return the document, if AWS would take it.

    Raises:
        ServiceError: MalformedPolicyDocument.

    """
    try:
        parse_policy(document, kind)
    except MalformedPolicyDocumentError as error:
        raise ServiceError("MalformedPolicyDocument", error.message) from None
    return document


def pinned_trust(accounts: Accounts, document: str) -> str:
    """Return a trust policy to store, its principals pinned.

    Raises:
        ServiceError: MalformedPolicyDocument, also for a principal that doesn't exist; LimitExceeded for its size.

    """
    checked(document, PolicyKind.TRUST)
    if size(document) > TRUST_SIZE:
        raise ServiceError("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {TRUST_SIZE}", 409)
    try:
        pinned = pin(accounts, json.loads(document))
    except UnknownPrincipalError as error:
        raise ServiceError("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{error}"') from None
    for principal in unembedded(accounts, pinned):
        _log.warning("a trust policy names %s, of an account that isn't embedded: it is kept unpinned", principal)
    return pinned


def size(document: str) -> int:
    """Return a document's size as IAM counts it: its characters without white space."""
    return len("".join(document.split()))


def shown(document: str) -> str:
    """Return a document as IAM's answers carry it: URL-encoded (RFC 3986)."""
    return quote(document, safe="-_.~")
