"""IAM's tables. Every principal has its unique ID as key; a name belongs to one account and may come again."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS iam_principals (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'role')),
    account TEXT NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    path TEXT NOT NULL,
    created REAL NOT NULL,
    description TEXT,
    trust TEXT,
    max_session INTEGER,
    last_used REAL,
    last_used_region TEXT,
    UNIQUE (kind, account, name)
) STRICT;
CREATE TABLE IF NOT EXISTS iam_access_keys (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES iam_principals (id),
    secret TEXT NOT NULL,
    status TEXT NOT NULL,
    created REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS iam_access_keys_of_user ON iam_access_keys (user_id);
CREATE TABLE IF NOT EXISTS iam_inline_policies (
    principal_id TEXT NOT NULL REFERENCES iam_principals (id),
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (principal_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS iam_policies (
    arn TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    path TEXT NOT NULL,
    description TEXT,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    next_version INTEGER NOT NULL,
    default_version TEXT NOT NULL,
    UNIQUE (account, name)
) STRICT;
CREATE TABLE IF NOT EXISTS iam_policy_versions (
    arn TEXT NOT NULL REFERENCES iam_policies (arn),
    version TEXT NOT NULL,
    document TEXT NOT NULL,
    created REAL NOT NULL,
    PRIMARY KEY (arn, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS iam_attachments (
    principal_id TEXT NOT NULL REFERENCES iam_principals (id),
    policy_arn TEXT NOT NULL,
    PRIMARY KEY (principal_id, policy_arn)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS iam_attachments_of_policy ON iam_attachments (policy_arn);
CREATE TABLE IF NOT EXISTS iam_tags (
    owner TEXT NOT NULL,
    key TEXT NOT NULL COLLATE NOCASE,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
"""
