"""DynamoDB on SQLite.

In comes a call: a dict by the API's member names, attribute values in their wire form. Out goes an answer, items as the
bytes that lie in the store. An operation (`operations/`) checks its input by its table of members, names the decisions
it needs, and then acts on a table through `writes`, `page` and `store`, which know nothing of HTTP or access control:
values in, values out, in the one transaction of their caller.

    values, numbers, keys      attribute values; keys as bytes that sort as DynamoDB sorts
    schema, catalog, table     the database's tables; where tables are found; a table as a value
    store, ranges, page        items written with their index entries; items in order; one page of them
    expressions, legacy        conditions, updates, projections, key conditions
    json_types, shapes,        what a request must look like: types, constraints, shared members,
    members, given             expressions
    access, capacity           the decisions needed; the units consumed
"""
