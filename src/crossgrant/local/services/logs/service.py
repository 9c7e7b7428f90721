"""The operations of CloudWatch Logs in one table."""

from __future__ import annotations

from crossgrant.local.operation import Service
from crossgrant.local.services.logs import events, groups

SERVICE = Service(
    name="logs",
    model="logs",
    operations={operation.name: operation for module in (groups, events) for operation in module.OPERATIONS},
)
