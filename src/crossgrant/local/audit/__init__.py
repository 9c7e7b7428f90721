"""The audit trail: what was lately asked and decided, kept in memory, bounded.

In: the decisions of each request, as they were made. Out: entries that can be explained later, since the request and
the policies of a decision are immutable values.
"""

from crossgrant.local.audit.trail import AuditEntry, AuditTrail

__all__ = ["AuditEntry", "AuditTrail"]
