"""INSERT, UPDATE, DELETE and EXISTS: one item each, by the writes of the API.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.update.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.delete.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crossgrant.local.operation import Call, Need, ServiceError
from crossgrant.local.services.dynamodb import access, item_text, writes
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import (
    And,
    BoundUpdate,
    Condition,
    DocumentPath,
    Node,
    bound_condition,
    bound_update,
    check_tree,
    select,
)
from crossgrant.local.services.dynamodb.expressions import Update as UpdateTree
from crossgrant.local.services.dynamodb.partiql import conjuncts
from crossgrant.local.services.dynamodb.partiql.statement import Delete, Exists, Insert, Parsed, Update
from crossgrant.local.services.dynamodb.table import Table
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import ITEM_TOO_LARGE, MAX_ITEM_SIZE, Item, check_item
from crossgrant.local.services.dynamodb.writes import Conditional, Written

if TYPE_CHECKING:
    from crossgrant.local.state import Database

_ACTIONS = {Insert: "PartiQLInsert", Update: "PartiQLUpdate", Delete: "PartiQLDelete", Exists: "ConditionCheckItem"}


@dataclass(frozen=True, slots=True)
class Writing:
    """A write, ready to run. `change` is an UPDATE's; `condition` the whole clause."""

    statement: Insert | Update | Delete | Exists
    parsed: Parsed
    target: Target
    change: BoundUpdate | None = None
    condition: Condition | None = None
    return_item: bool = False

    @property
    def where(self) -> Node | None:
        """The clause that names the item."""
        if isinstance(self.statement, Exists):
            return self.statement.select.where
        return None if isinstance(self.statement, Insert) else self.statement.where


def writing(call: Call, statement: Insert | Update | Delete | Exists, parsed: Parsed, *, return_item: bool) -> Writing:
    """Return a write with its clause and its actions bound.

    Raises:
        ServiceError: one isn't well formed.

    """
    source = statement.select.source if isinstance(statement, Exists) else statement.source
    if source.index is not None:
        raise validation(
            "FROM clause may only contain a single table name in data manipulation statements"
            if isinstance(statement, Insert)
            else "This operation is not supported on an index"
        )
    if isinstance(statement, Delete) and statement.returning not in (None, ("ALL", "OLD")):
        raise validation(
            f"Invalid returning clause: RETURNING {' '.join(statement.returning)} *. "
            "Only RETURNING ALL OLD * is allowed in DELETE statements."
        )
    change = None
    if isinstance(statement, Update):
        tree = UpdateTree(statement.actions, ())
        check_tree("update", tree)
        change = bound_update(tree, parsed.placeholders)
    bound = Writing(statement, parsed, Target.of(call, source.table), change, None, return_item)
    if bound.where is None:
        return bound
    check_tree("condition", bound.where)
    condition = bound_condition(bound.where, parsed.placeholders)
    return Writing(statement, parsed, bound.target, change, condition, return_item)


def need(call: Call, write: Writing) -> Need:
    """Return the decision on the statement's action."""
    stated = conjuncts.equalities(write.where, write.parsed.placeholders)
    item = write.statement.item if isinstance(write.statement, Insert) else stated
    changed: tuple[DocumentPath, ...] = (*write.change.paths, *write.change.read_paths) if write.change else ()
    tested = write.condition.paths if write.condition else ()
    context = access.writes(call.input, item, access.heads(changed), access.heads(tested))
    del context["dynamodb:ReturnValues"]
    action = f"dynamodb:{_ACTIONS[type(write.statement)]}"
    return access.need(call, write.target, action, context, (item,))


def run(database: Database, table: Table, write: Writing) -> Written:
    """Do the write."""
    match write.statement:
        case Insert(_, item):
            return _insert(database, table, item)
        case Update(_, _, where):
            key = conjuncts.full_key(where, write.parsed.placeholders, table.key)
            return writes.update(database, table, key, write.change, Conditional(write.condition, write.return_item))
        case Delete(_, where):
            key = conjuncts.full_key(where, write.parsed.placeholders, table.key)
            assert where is not None
            rest = conjuncts.beside_keys(where, table.key)
            condition = bound_condition(And((*rest,)), write.parsed.placeholders) if rest else None
            return writes.delete(database, table, key, Conditional(_where_it_is(condition), write.return_item))
        case Exists(chosen):
            assert chosen.where is not None
            key = conjuncts.full_key(chosen.where, write.parsed.placeholders, table.key)
            return writes.check_condition(database, table, key, Conditional(write.condition, write.return_item))


def _where_it_is(condition: Condition | None) -> Condition | None:
    """Return a DELETE's condition, which an item that isn't there meets.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.delete.html#ql-reference.delete.return
    """
    if condition is None:
        return None
    return Condition(lambda item: not item or condition.test(item), condition.paths)


def _insert(database: Database, table: Table, item: Item) -> Written:
    size = check_item(item)
    if size > MAX_ITEM_SIZE:
        raise validation(ITEM_TOO_LARGE)
    for name in table.key.names:
        if name not in item:
            raise validation(f"Key attribute should be present in the item: Key {name}")
    conjuncts.check_types(item, table.key)
    name = table.key.names[0]
    absent = Condition(lambda found: name not in found, ())
    try:
        return writes.put(database, table, item, size, Conditional(absent), needs_old=True)
    except ServiceError as error:
        if error.code != "ConditionalCheckFailedException":
            raise
        raise ServiceError("DuplicateItemException", "Duplicate primary key exists in table") from None


def returned(write: Writing, written: Written) -> Item | None:
    """Return the item that the statement's RETURNING asks for."""
    if not isinstance(write.statement, Update | Delete) or write.statement.returning is None:
        return None
    what, when = write.statement.returning
    old = None if written.old_text is None else item_text.decode(written.old_text)
    item: Item | None = written.new if when == "NEW" else old
    if item is None or what == "ALL" or write.change is None:
        return item
    return select(item, write.change.paths)
