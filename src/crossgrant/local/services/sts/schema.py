"""STS's table: the sessions that were issued and haven't been swept away after their end."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS sts_sessions (
    access_key_id TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    token TEXT NOT NULL,
    account TEXT NOT NULL,
    role_id TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    name TEXT NOT NULL,
    issued REAL NOT NULL,
    expires REAL NOT NULL,
    details TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sts_sessions_by_end ON sts_sessions (expires);
"""
