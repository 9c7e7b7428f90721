"""What a Principal element may name.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html

Whether a principal exists is asked only where a document is written, by the account that stores it (rule 52).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from crossgrant.iam.arn import Arn, is_account
from crossgrant.iam.malformed import MalformedPolicyDocumentError

_UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,127}", re.ASCII)
_NAMES = {
    "iam": re.compile(r"root|(user|role|saml-provider|oidc-provider)/.+", re.DOTALL),
    "sts": re.compile(r"assumed-role/[^/]+/[^/]+|federated-user/.+", re.DOTALL),
}
KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


def check_principals(value: object, at: str) -> None:
    """Check one Principal or NotPrincipal element.

    Raises:
        MalformedPolicyDocumentError: AWS would refuse it.

    """
    if value == "*":
        return
    if not isinstance(value, Mapping):
        raise MalformedPolicyDocumentError("Principal must be a JSON object.", at)
    if not value:
        raise MalformedPolicyDocumentError("Missing required field Principal cannot be empty!", at)
    for kind, listed in value.items():
        names = (listed,) if isinstance(listed, str) else listed
        if kind not in KINDS:
            raise MalformedPolicyDocumentError(f'Invalid principal in policy: "{kind}"', at)
        if not isinstance(names, list | tuple) or not names:
            raise MalformedPolicyDocumentError("Missing required field Principal cannot be empty!", f"{at}/{kind}")
        for name in names:
            if not isinstance(name, str) or not _is_principal(str(kind), name):
                shown = str(kind).upper()
                raise MalformedPolicyDocumentError(f'Invalid principal in policy: "{shown}":"{name}"', f"{at}/{kind}")


def _is_principal(kind: str, name: str) -> bool:
    """Return whether `name` can stand for someone: a lone `*` is everyone, no other wildcard counts (rule 40)."""
    if kind != "AWS":
        return bool(name) and "*" not in name and "?" not in name
    if name == "*" or is_account(name) or _UNIQUE_ID.fullmatch(name):
        return True
    arn = Arn.parse(name)
    names = _NAMES.get(arn.service) if arn is not None else None
    if arn is None or names is None or arn.region or not is_account(arn.account):
        return False
    return names.fullmatch(arn.resource) is not None and "*" not in name and "?" not in name
