"""All state of the embedded accounts: one SQLite database, in memory or in one file."""

from crossgrant.local.state.database import Database, StateError

__all__ = ["Database", "StateError"]
