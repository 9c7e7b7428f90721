"""The table of functions. `environment` and `logging` are JSON, `last_modified` epoch seconds; the code comes last."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS lambda_functions (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    role TEXT NOT NULL,
    runtime TEXT NOT NULL,
    handler TEXT NOT NULL,
    description TEXT NOT NULL,
    timeout INTEGER NOT NULL,
    memory_size INTEGER NOT NULL,
    environment TEXT,
    logging TEXT NOT NULL,
    architecture TEXT NOT NULL,
    last_modified REAL NOT NULL,
    code_sha256 TEXT NOT NULL,
    code_size INTEGER NOT NULL,
    code BLOB NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT;
"""
