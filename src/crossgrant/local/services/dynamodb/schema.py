"""The tables of the database in which DynamoDB's tables and items lie.

An item is one row, found by (table, partition key, sort key); its text is the item's DynamoDB JSON, as the API returns
it. The table is an ordinary one: a row of a WITHOUT ROWID table may hold a quarter of a page, and an item of 1 KB would
take a page of its own.

An index entry repeats the index's key and points to its item by the item's key, so that a Query on an index walks a
range of entries; `size` is the projected size, which the capacity of a read counts. An expiration is an entry by time.
Triggers count the items and bytes of each table (index 0) and index, so that a description needn't walk them; a row of
counts is made with its table or index. A transaction is kept by the token that its client gave it, so that it is done
once. A table being deleted has lost its items; its row stands until `gone_at`, so that DELETING is seen.

INVARIANT: a table's id is never used again (AUTOINCREMENT), and neither is an index's id within its table.
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS dynamodb_tables (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    gone_at REAL,
    UNIQUE (account, region, name)
);
CREATE TABLE IF NOT EXISTS dynamodb_items (
    table_id INTEGER NOT NULL,
    hash BLOB NOT NULL,
    range BLOB NOT NULL,
    size INTEGER NOT NULL,
    item BLOB NOT NULL,
    UNIQUE (table_id, hash, range)
);
CREATE TABLE IF NOT EXISTS dynamodb_index_entries (
    table_id INTEGER NOT NULL,
    index_id INTEGER NOT NULL,
    hash BLOB NOT NULL,
    range BLOB NOT NULL,
    item_hash BLOB NOT NULL,
    item_range BLOB NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (table_id, index_id, hash, range, item_hash, item_range)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dynamodb_counts (
    table_id INTEGER NOT NULL,
    index_id INTEGER NOT NULL,
    items INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (table_id, index_id)
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS dynamodb_item_added AFTER INSERT ON dynamodb_items BEGIN
    UPDATE dynamodb_counts SET items = items + 1, bytes = bytes + NEW.size
    WHERE table_id = NEW.table_id AND index_id = 0;
END;
CREATE TRIGGER IF NOT EXISTS dynamodb_item_changed AFTER UPDATE ON dynamodb_items
WHEN NEW.size != OLD.size BEGIN
    UPDATE dynamodb_counts SET bytes = bytes + NEW.size - OLD.size
    WHERE table_id = NEW.table_id AND index_id = 0;
END;
CREATE TRIGGER IF NOT EXISTS dynamodb_item_removed AFTER DELETE ON dynamodb_items BEGIN
    UPDATE dynamodb_counts SET items = items - 1, bytes = bytes - OLD.size
    WHERE table_id = OLD.table_id AND index_id = 0;
END;
CREATE TRIGGER IF NOT EXISTS dynamodb_entry_added AFTER INSERT ON dynamodb_index_entries BEGIN
    UPDATE dynamodb_counts SET items = items + 1, bytes = bytes + NEW.size
    WHERE table_id = NEW.table_id AND index_id = NEW.index_id;
END;
CREATE TRIGGER IF NOT EXISTS dynamodb_entry_changed AFTER UPDATE ON dynamodb_index_entries
WHEN NEW.size != OLD.size BEGIN
    UPDATE dynamodb_counts SET bytes = bytes + NEW.size - OLD.size
    WHERE table_id = NEW.table_id AND index_id = NEW.index_id;
END;
CREATE TRIGGER IF NOT EXISTS dynamodb_entry_removed AFTER DELETE ON dynamodb_index_entries BEGIN
    UPDATE dynamodb_counts SET items = items - 1, bytes = bytes - OLD.size
    WHERE table_id = OLD.table_id AND index_id = OLD.index_id;
END;
CREATE TABLE IF NOT EXISTS dynamodb_expirations (
    table_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    hash BLOB NOT NULL,
    range BLOB NOT NULL,
    PRIMARY KEY (table_id, at, hash, range)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dynamodb_transactions (
    account TEXT NOT NULL,
    token TEXT NOT NULL,
    expires REAL NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (account, token)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS dynamodb_transactions_by_expiry ON dynamodb_transactions (expires);
"""
