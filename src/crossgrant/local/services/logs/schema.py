"""The tables of CloudWatch Logs. Times are milliseconds since 1970."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS logs_groups (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account, region, name)
) STRICT;
CREATE TABLE IF NOT EXISTS logs_streams (
    id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL REFERENCES logs_groups (id),
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    first_event INTEGER,
    last_event INTEGER,
    last_ingestion INTEGER,
    UNIQUE (group_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS logs_events (
    id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL REFERENCES logs_streams (id),
    timestamp INTEGER NOT NULL,
    ingestion INTEGER NOT NULL,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS logs_events_of_stream ON logs_events (stream_id, timestamp, id);
CREATE INDEX IF NOT EXISTS logs_events_of_group ON logs_events (group_id, timestamp, id);
"""
