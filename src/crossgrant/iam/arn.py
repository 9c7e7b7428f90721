"""ARNs as six parts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from typing import NamedTuple

PARTS = 6
ACCOUNT_DIGITS = 12


def is_account(text: str) -> bool:
    """Return whether `text` is an account's id."""
    return len(text) == ACCOUNT_DIGITS and text.isascii() and text.isdecimal()


class Arn(NamedTuple):
    """`arn:partition:service:region:account:resource`, the resource with whatever colons and slashes it holds."""

    prefix: str
    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn | None:
        """Return the six parts of `text`, or None where it isn't an ARN."""
        parts = text.split(":", PARTS - 1)
        return cls(*parts) if len(parts) == PARTS and parts[0] == "arn" else None
