"""Lambda's operations in one table."""

from __future__ import annotations

from crossgrant.local.operation import Service
from crossgrant.local.services.lambda_ import invoke, management

SERVICE = Service(
    name="lambda",
    model="lambda",
    operations={operation.name: operation for module in (management, invoke) for operation in module.OPERATIONS},
    clock_window=300,  # confirmed.md G1
)
