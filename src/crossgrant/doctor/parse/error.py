"""What a pasted error says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, str] = MappingProxyType({})
ARN = re.compile(r"arn:[\w-]+:(?P<service>[\w-]+):(?P<region>[\w-]*):(?P<account>\d{12}|aws)?:(?P<resource>\S+)")
SERVICES = MappingProxyType(
    {"AssumeRole": "sts", "GetCallerIdentity": "sts", "GetItem": "dynamodb", "Invoke": "lambda"}
)
"""The service of an operation that a frame names without its service."""


@dataclass(frozen=True, slots=True)
class ParsedError:
    """The facts of one error text; None is what the text does not tell.

    `text` is the input, `plain` every text found in it, a line each, without escapes and line breaks.
    `layer` is AWS's word for the type of policy that decided (`service control policy`), `explicit` whether a Deny did.
    `parameters` are the call's own (CloudTrail's requestParameters), by AWS's names.
    """

    text: str = ""
    plain: str = ""
    principal: str | None = None
    action: str | None = None
    resource: str | None = None
    layer: str | None = None
    explicit: bool | None = None
    policy_arn: str | None = None
    authorization_id: str | None = None
    authorization_region: str | None = None
    code: str | None = None
    operation: str | None = None
    service: str | None = None
    status: int | None = None
    request_id: str | None = None
    message: str | None = None
    truncated: bool = False
    parameters: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def filled(self, other: ParsedError | None) -> ParsedError:
        """Return this with what is missing taken from `other`."""
        if other is None:
            return self
        facts = (each for each in fields(self) if each.name not in ("text", "plain"))
        missing = (
            each.name for each in facts if not getattr(self, each.name) and getattr(self, each.name) is not False
        )
        told: dict[str, Any] = {name: getattr(other, name) for name in missing}
        return replace(self, truncated=self.truncated or other.truncated, **told)

    def completed(self) -> ParsedError:
        """Return this with what follows: the action from the operation, the service from the action."""
        service = self.service or SERVICES.get(self.operation or "")
        action = self.action
        if action is None and service and self.operation:
            action = f"{service}:{'InvokeFunction' if self.operation == 'Invoke' else self.operation}"
        return replace(self, action=action, service=service or (action.partition(":")[0] if action else None))

    @property
    def denied(self) -> bool:
        """Whether the text reports a refusal by a policy."""
        return bool(self.code and "AccessDenied" in self.code) or self.explicit is not None

    @property
    def principal_account(self) -> str | None:
        """The account of the principal."""
        return account_of(self.principal)

    @property
    def resource_account(self) -> str | None:
        """The account of the resource."""
        return account_of(self.resource)


def account_of(arn: str | None) -> str | None:
    """Return the twelve digits of an ARN's account part, or None."""
    found = ARN.match(arn or "")
    return found["account"] if found else None
