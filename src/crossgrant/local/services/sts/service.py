"""STS's operations in one table."""

from __future__ import annotations

from typing import Any

from crossgrant.local.operation import Access, Call, Operation, Output, Service
from crossgrant.local.services.sts.assume_role import ASSUME_ROLE


def _get_caller_identity(call: Call, _: dict[str, Any]) -> Output:
    caller = call.caller
    user_id = caller.principal_id if caller.session is None else f"{caller.principal_id}:{caller.session.name}"
    return {"UserId": user_id, "Account": caller.account_id, "Arn": caller.principal.arn}


# Needs no permission, and works under an explicit deny too (rule 18):
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_GET_CALLER_IDENTITY = Operation(
    "GetCallerIdentity",
    frozenset(),
    lambda call: call.input,
    lambda _call, _input: (),
    _get_caller_identity,
    Access.READS,
)

SERVICE = Service(
    name="sts",
    model="sts",
    operations={operation.name: operation for operation in (ASSUME_ROLE, _GET_CALLER_IDENTITY)},
)
