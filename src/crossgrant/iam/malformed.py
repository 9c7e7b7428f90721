"""The error for a document that AWS would refuse."""

from __future__ import annotations

from crossgrant.errors import CrossgrantError


class MalformedPolicyDocumentError(CrossgrantError):
    """A document that AWS refuses, with AWS's text; `pointer` is the place, `/Statement/0/Principal`."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer
