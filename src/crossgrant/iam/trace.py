"""How each statement fared."""

from __future__ import annotations


class Trace:
    """To come."""
