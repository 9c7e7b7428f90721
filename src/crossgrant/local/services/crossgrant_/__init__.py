"""crossgrant's own operations, an operator's signed calls: the clock, the audit trail, snapshots.

The signing name is `crossgrant`, the protocol JSON 1.1, the actions `crossgrant:AdvanceClock` and so on.
"""
