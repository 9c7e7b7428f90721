"""The Condition block: operators by family, a file each, and the table that lists them.

In: a policy's operator, key and values, and the facts of a request. Out: a reading, True, False, open or unreadable.
"""

from crossgrant.iam.conditions.condition import Condition

__all__ = ["Condition"]
