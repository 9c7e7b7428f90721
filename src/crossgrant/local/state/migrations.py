"""What brings a state or snapshot file of an older version to ours, step by step.

The script at index N brings version N + 1 to version N + 2. A step is one transaction: a file holds one version, whole.
"""

from __future__ import annotations

# A table and a global index say what they serve at once: version 1 kept that only where it was asked for.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
_ON_DEMAND = """'{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,"Status":"ACTIVE"}'"""


def _with_warm_throughput(owner: str) -> str:
    """Return the SQL of a table's or an index's JSON with its warm throughput."""
    return f"""json_set({owner}, '$.settings.WarmThroughput', json_patch(
        CASE json_extract(definition, '$.billing_mode') WHEN 'PROVISIONED' THEN json_object(
            'ReadUnitsPerSecond', json_extract({owner}, '$.throughput.read'),
            'WriteUnitsPerSecond', json_extract({owner}, '$.throughput.write'), 'Status', 'ACTIVE')
        ELSE {_ON_DEMAND} END,
        coalesce(json_extract({owner}, '$.settings.WarmThroughput'), '{{}}')))"""


_WARM_THROUGHPUT = f"""
UPDATE dynamodb_tables SET definition = {_with_warm_throughput("definition")};
UPDATE dynamodb_tables SET definition = json_set(definition, '$.indexes', (
    SELECT json_group_array(json(
        CASE WHEN json_extract(value, '$.local') THEN value ELSE {_with_warm_throughput("value")} END
    )) FROM json_each(definition, '$.indexes')
)) WHERE json_array_length(definition, '$.indexes') > 0
"""  # noqa: S608 - SQL of our own

MIGRATIONS: tuple[str, ...] = (_WARM_THROUGHPUT,)
SCHEMA_VERSION = len(MIGRATIONS) + 1
