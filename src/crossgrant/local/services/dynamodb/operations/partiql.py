"""ExecuteStatement, BatchExecuteStatement and ExecuteTransaction.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
"""

from __future__ import annotations

from typing import Any, Literal

from crossgrant.local.operation import Call, Need, Operation, Output, ServiceError
from crossgrant.local.services.dynamodb import members, transaction
from crossgrant.local.services.dynamodb.capacity import Consumed, read_units
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import ExpressionError
from crossgrant.local.services.dynamodb.keys import Key, index_key
from crossgrant.local.services.dynamodb.operations import writing as item_writing
from crossgrant.local.services.dynamodb.partiql import conjuncts, reading, writing
from crossgrant.local.services.dynamodb.partiql.reading import Reading
from crossgrant.local.services.dynamodb.partiql.statement import (
    MAX_LENGTH,
    Delete,
    Exists,
    Insert,
    Select,
    Update,
    parse,
)
from crossgrant.local.services.dynamodb.partiql.writing import Writing
from crossgrant.local.services.dynamodb.shapes import STRING, VALUE, Member, Structure, list_of, string, structure
from crossgrant.local.services.dynamodb.table import Table
from crossgrant.local.services.dynamodb.values import item_size, size

_MOST_STATEMENTS = 25
_STATEMENT = Member("Statement", string(1, MAX_LENGTH), required=True)
_PARAMETERS = Member("Parameters", list_of(VALUE, 1))

ONE = Structure(
    "ExecuteStatementInput",
    _STATEMENT,
    _PARAMETERS,
    members.CONSISTENT_READ,
    Member("NextToken", string(1, 32768)),
    members.RETURN_CONSUMED_CAPACITY,
    members.LIMIT,
    members.RETURN_ON_FAILURE,
)
BATCH = Structure(
    "BatchExecuteStatementInput",
    Member(
        "Statements",
        list_of(
            structure(
                "BatchStatementRequest", _STATEMENT, _PARAMETERS, members.CONSISTENT_READ, members.RETURN_ON_FAILURE
            ),
            1,
            _MOST_STATEMENTS,
        ),
        required=True,
    ),
    members.RETURN_CONSUMED_CAPACITY,
)
ALL = Structure(
    "ExecuteTransactionInput",
    Member(
        "TransactStatements",
        list_of(
            structure("ParameterizedStatement", _STATEMENT, _PARAMETERS, members.RETURN_ON_FAILURE),
            1,
            transaction.MOST_ITEMS,
        ),
        required=True,
    ),
    Member("ClientRequestToken", STRING),
    members.RETURN_CONSUMED_CAPACITY,
)

Prepared = Reading | Writing


def _prepare(call: Call, asked: dict[str, Any]) -> Prepared:
    parsed = parse(asked["Statement"], asked.get("Parameters", []))
    statement = parsed.statement
    shows = asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    try:
        if isinstance(statement, Select):
            return reading.reading(call, statement, parsed)
        return writing.writing(call, statement, parsed, return_item=shows)
    except ExpressionError as error:
        raise validation(str(error)) from None


def _need(call: Call, prepared: Prepared) -> Need:
    return reading.need(call, prepared) if isinstance(prepared, Reading) else writing.need(call, prepared)


def read_one(call: Call) -> Prepared:
    """Check an ExecuteStatement and its statement."""
    ONE.check(call.input)
    return _prepare_alone(call, call.input)


def _prepare_alone(call: Call, asked: dict[str, Any]) -> Prepared:
    prepared = _prepare(call, asked)
    if isinstance(prepared, Writing) and isinstance(prepared.statement, Exists):
        raise validation("EXISTS can only be used in ExecuteTransaction write requests.")
    return prepared


def needs_one(call: Call, prepared: Prepared) -> tuple[Need, ...]:
    """Return the decision on the statement's action."""
    return (_need(call, prepared),)


def serve_one(call: Call, prepared: Prepared) -> Output:
    """Do what the statement says."""
    asked = call.input
    table = item_writing.prepare(call, prepared.target)
    wanted = asked.get("ReturnConsumedCapacity", "NONE")
    if isinstance(prepared, Reading):
        consistent = asked.get("ConsistentRead", False)
        found, output = reading.run(
            call,
            prepared,
            table,
            limit=asked.get("Limit"),
            consistent=consistent,
            token=asked.get("NextToken"),
        )
        answer = reading.answer(prepared, found)
        units = read_units(found.size, consistent=consistent)
        consumed = Consumed(table.name, found.fetched_units if output.index else units)
        if output.index is not None:
            consumed.add_index(output.index, units)
    else:
        written = writing.run(call.accounts.database, table, prepared)
        returned = writing.returned(prepared, written)
        answer = {"Items": [returned] if returned else []}
        consumed = written.consumed(table.name)
    if wanted != "NONE":
        answer["ConsumedCapacity"] = consumed.answer(wanted)
    return answer


def _check_alike(prepared: tuple[Prepared, ...], message: str) -> None:
    if len({isinstance(each, Reading) for each in prepared}) > 1:
        raise validation(message)


# The codes that stand for an exception in the answer to a batch.
_BATCH_CODES = {
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "ValidationException": "ValidationError",
    "ResourceNotFoundException": "ResourceNotFound",
    "DuplicateItemException": "DuplicateItem",
}

_RAN = ("ConditionalCheckFailedException", "DuplicateItemException")  # what a statement meets at its table

Outcome = Prepared | ServiceError


def _place(call: Call, prepared: Prepared) -> tuple[int, Key] | None:
    """Return the table and key of the item that a statement names, or None when it names none."""
    table = prepared.target.look_up(call)
    if table is None:
        return None
    if isinstance(prepared, Writing) and isinstance(prepared.statement, Insert):
        item = prepared.statement.item
    else:
        where = prepared.select.where if isinstance(prepared, Reading) else prepared.where
        item = conjuncts.equalities(where, prepared.parsed.placeholders)
    key = index_key(table.key, item)
    return None if key is None else (table.id, key)


def read_batch(call: Call) -> tuple[Outcome, ...]:
    """Check a BatchExecuteStatement; a statement that isn't well formed is its own answer."""
    BATCH.check(call.input)
    outcomes: list[Outcome] = []
    for asked in call.input["Statements"]:
        try:
            outcomes.append(_prepare_alone(call, asked))
        except ServiceError as error:
            outcomes.append(error)
    prepared = tuple(each for each in outcomes if not isinstance(each, ServiceError))
    _check_alike(prepared, "Read and write requests together in the same batch is not supported.")
    return tuple(outcomes)


def needs_batch(call: Call, outcomes: tuple[Outcome, ...]) -> tuple[Need, ...]:
    """Return one decision for each statement."""
    return tuple(_need(call, each) for each in outcomes if not isinstance(each, ServiceError))


def serve_batch(call: Call, outcomes: tuple[Outcome, ...]) -> Output:
    """Do what each statement says; one that fails leaves the others be."""
    responses: list[dict[str, Any]] = []
    consumed: dict[str, Consumed] = {}
    places = [place for each in outcomes if not isinstance(each, ServiceError) and (place := _place(call, each))]
    if len(set(places)) != len(places):
        raise validation("Provided list of item keys contains duplicates")
    for outcome, asked in zip(outcomes, call.input["Statements"], strict=True):
        try:
            if isinstance(outcome, ServiceError):
                raise outcome
            table = item_writing.prepare(call, outcome.target)
            item, more = _run_single(call, outcome, table, consistent=asked.get("ConsistentRead", False))
        except ServiceError as error:
            if error.code not in _BATCH_CODES:
                raise
            failure: dict[str, Any] = {"Error": {"Code": _BATCH_CODES[error.code], "Message": error.message}}
            if error.code in _RAN and not isinstance(outcome, ServiceError):
                failure["TableName"] = outcome.target.name
            responses.append(failure)
            continue
        transaction.count(consumed, more)
        responses.append({"TableName": table.name, **({"Item": item} if item else {})})
    answer: dict[str, Any] = {"Responses": responses}
    wanted = call.input.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        answer["ConsumedCapacity"] = [each.answer(wanted) for each in consumed.values()]
    return answer


_NO_KEY = "Select statements within {} must specify the primary key in the where clause."


def _run_single(call: Call, prepared: Prepared, table: Table, *, consistent: bool) -> tuple[Any, Consumed]:
    """Run a statement of one item; return the item that it shows, and what it consumed."""
    if isinstance(prepared, Writing):
        written = writing.run(call.accounts.database, table, prepared)
        return writing.returned(prepared, written), written.consumed(table.name)
    stated = conjuncts.equalities(prepared.select.where, prepared.parsed.placeholders)
    if any(name not in stated for name in table.key.names) or prepared.select.source.index is not None:
        raise validation(_NO_KEY.format("BatchExecuteStatement"))
    found, _ = reading.run(call, prepared, table, limit=None, consistent=consistent, token=None)
    items = reading.answer(prepared, found)["Items"]
    consumed = Consumed(table.name, read_units(found.size, consistent=consistent))
    return (items[0] if items else None), consumed


def read_all(call: Call) -> tuple[Prepared, ...]:
    """Check an ExecuteTransaction and its statements."""
    ALL.check(call.input)
    prepared = tuple(_prepare(call, asked) for asked in call.input["TransactStatements"])
    for number, each in enumerate(prepared):
        _check_within(each, number)
    _check_alike(
        prepared, "ExecuteTransaction API does not support both read and write operations in the same request."
    )
    transaction.check_request_size(map(_request_size, prepared, call.input["TransactStatements"]))
    return prepared


def _check_within(prepared: Prepared, number: int) -> None:
    """Check that a statement may stand in a transaction."""
    if isinstance(prepared, Reading):
        if prepared.select.source.index is not None:
            raise _unfit(number, "Reads on indices are not supported within transactions.")
    elif isinstance(prepared.statement, Update | Delete) and prepared.statement.returning is not None:
        raise _unfit(number, "RETURNING clause is not supported in ExecuteTransaction.")


def _check_key(prepared: Prepared, table: Table, number: int) -> None:
    """Check that a SELECT or an EXISTS names one item, and an EXISTS a condition beside its key."""
    if isinstance(prepared, Writing) and not isinstance(prepared.statement, Exists):
        return
    where = prepared.where if isinstance(prepared, Writing) else prepared.select.where
    stated = conjuncts.equalities(where, prepared.parsed.placeholders)
    lacks_key = any(name not in stated for name in table.key.names)
    if isinstance(prepared, Reading):
        if lacks_key:
            raise _unfit(number, _NO_KEY.format("ExecuteTransaction"))
    elif where is None or lacks_key or not conjuncts.beside_keys(where, table.key):
        raise _unfit(number, "EXISTS() must contain a single item read with additional condition")


def _unfit(number: int, reason: str) -> ServiceError:
    return validation(f"Validation failed in TransactStatements[{number}]: {reason}")


def _request_size(prepared: Prepared, asked: dict[str, Any]) -> int:
    """Return what a statement adds to its transaction's size: an INSERT its item, another itself and its parameters."""
    if isinstance(prepared, Writing) and isinstance(prepared.statement, Insert):
        return item_size(prepared.statement.item)
    return len(asked["Statement"].encode()) + sum(map(size, asked.get("Parameters", ())))


def needs_all(call: Call, prepared: tuple[Prepared, ...]) -> tuple[Need, ...]:
    """Return one decision for each statement."""
    decisions = []
    for each in prepared:
        need = _need(call, each)
        if need.action != "dynamodb:ConditionCheckItem":
            enclosing = "TransactGetItems" if isinstance(each, Reading) else "TransactWriteItems"
            need = Need(
                need.action,
                need.resource,
                need.resource_account,
                {**need.context, "dynamodb:EnclosingOperation": enclosing},
                need.resource_policy,
            )
        decisions.append(need)
    return tuple(decisions)


def serve_all(call: Call, prepared: tuple[Prepared, ...]) -> Output:
    """Do what every statement says, or nothing."""
    tables = [item_writing.prepare(call, each.target) for each in prepared]
    for number, (each, table) in enumerate(zip(prepared, tables, strict=True)):
        _check_key(each, table, number)
    places = [place for each in prepared if (place := _place(call, each))]
    transaction.check_distinct(places)
    wanted = call.input.get("ReturnConsumedCapacity", "NONE")
    token = call.input.get("ClientRequestToken")
    asked = call.input["TransactStatements"]
    if token is not None and transaction.is_repeated(call.accounts.database, call.account_id, token, asked, call.now):
        names = [each.target.name for each in prepared]
        consumed = transaction.read_again(call.accounts.database, names, tables, [key for _, key in places])
        return {"Responses": [], **transaction.capacities(consumed, wanted, "Read")}
    attempts = transaction.Attempts()
    done = [
        attempts.attempt(lambda each=each, table=table: _run_single(call, each, table, consistent=True))  # type: ignore[misc]  # bound now
        for each, table in zip(prepared, tables, strict=True)
    ]
    attempts.check()
    if isinstance(prepared[0], Reading):
        transaction.check_answer_size(item_size(result[0] or {}) for result in done if result)
    consumed = {}
    responses = []
    for result in done:
        assert result is not None
        item, more = result
        transaction.count(consumed, more.doubled())
        if isinstance(prepared[0], Reading):  # writes have no responses
            responses.append({"Item": item} if item else {})
    kind: Literal["Read", "Write"] = "Read" if isinstance(prepared[0], Reading) else "Write"
    return {"Responses": responses, **transaction.capacities(consumed, wanted, kind)}


OPERATIONS = (
    Operation("ExecuteStatement", ONE.names, read_one, needs_one, serve_one),
    Operation("BatchExecuteStatement", BATCH.names, read_batch, needs_batch, serve_batch),
    Operation("ExecuteTransaction", ALL.names, read_all, needs_all, serve_all),
)
