"""IAM's operations in one table."""

from __future__ import annotations

from crossgrant.local.operation import Service
from crossgrant.local.services.iam_ import (
    access_keys,
    account_details,
    attachments,
    inline_policies,
    managed_policies,
    principals,
)

SERVICE = Service(
    name="iam",
    model="iam",
    operations={
        operation.name: operation
        for module in (principals, access_keys, inline_policies, managed_policies, attachments, account_details)
        for operation in module.OPERATIONS
    },
)
