"""ExecuteStatement, BatchExecuteStatement and ExecuteTransaction.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
"""

from __future__ import annotations

from typing import Any

from crossgrant.local.operation import Call, Need, Operation, Output, ServiceError
from crossgrant.local.services.dynamodb import members, transaction
from crossgrant.local.services.dynamodb.capacity import Consumed, read_units
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import ExpressionError
from crossgrant.local.services.dynamodb.operations import writing as item_writing
from crossgrant.local.services.dynamodb.partiql import conjuncts, reading, writing
from crossgrant.local.services.dynamodb.partiql.reading import Reading
from crossgrant.local.services.dynamodb.partiql.statement import MAX_LENGTH, Exists, Insert, Select, parse
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
        raise validation(f"Statement wasn't well formed, can't be processed: {error}") from None


def _need(call: Call, prepared: Prepared) -> Need:
    return reading.need(call, prepared) if isinstance(prepared, Reading) else writing.need(call, prepared)


def read_one(call: Call) -> Prepared:
    """Check an ExecuteStatement and its statement."""
    ONE.check(call.input)
    prepared = _prepare(call, call.input)
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
        consumed = Consumed(table.name, 0.0 if output.index else units)
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

Outcome = Prepared | ServiceError


def read_batch(call: Call) -> tuple[Outcome, ...]:
    """Check a BatchExecuteStatement; a statement that isn't well formed is its own answer."""
    BATCH.check(call.input)
    outcomes: list[Outcome] = []
    for asked in call.input["Statements"]:
        try:
            outcomes.append(_prepare(call, asked))
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
    for outcome, asked in zip(outcomes, call.input["Statements"], strict=True):
        try:
            if isinstance(outcome, ServiceError):
                raise outcome
            table = item_writing.prepare(call, outcome.target)
            item, more = _run_single(call, outcome, table, consistent=asked.get("ConsistentRead", False))
        except ServiceError as error:
            if error.code not in _BATCH_CODES:
                raise
            failure = {"Code": _BATCH_CODES[error.code], "Message": error.message, **error.members}
            responses.append({"Error": failure})
            continue
        transaction.count(consumed, more)
        responses.append({"TableName": table.name, **({"Item": item} if item else {})})
    answer: dict[str, Any] = {"Responses": responses}
    wanted = call.input.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        answer["ConsumedCapacity"] = [each.answer(wanted) for each in consumed.values()]
    return answer


def _run_single(call: Call, prepared: Prepared, table: Table, *, consistent: bool) -> tuple[Any, Consumed]:
    """Run a statement of one item; return the item that it shows, and what it consumed."""
    if isinstance(prepared, Writing):
        written = writing.run(call.accounts.database, table, prepared)
        return writing.returned(prepared, written), written.consumed(table.name)
    stated = conjuncts.equalities(prepared.select.where, prepared.parsed.placeholders)
    if any(name not in stated for name in table.key.names) or prepared.select.source.index is not None:
        raise validation(
            "Select statements within BatchExecuteStatement must specify the primary key in the where clause."
        )
    found, _ = reading.run(call, prepared, table, limit=None, consistent=consistent, token=None)
    items = reading.answer(prepared, found)["Items"]
    consumed = Consumed(table.name, read_units(found.size, consistent=consistent))
    return (items[0] if items else None), consumed


def read_all(call: Call) -> tuple[Prepared, ...]:
    """Check an ExecuteTransaction and its statements."""
    ALL.check(call.input)
    prepared = tuple(_prepare(call, asked) for asked in call.input["TransactStatements"])
    _check_alike(
        prepared, "ExecuteTransaction API does not support both read and write operations in the same request."
    )
    transaction.check_request_size(map(_request_size, prepared, call.input["TransactStatements"]))
    return prepared


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
    token = call.input.get("ClientRequestToken")
    asked = call.input["TransactStatements"]
    if token is not None and transaction.is_repeated(call.accounts.database, call.account_id, token, asked, call.now):
        return {"Responses": []}
    attempts = transaction.Attempts()
    done = [
        attempts.attempt(lambda each=each, table=table: _run_single(call, each, table, consistent=True))  # type: ignore[misc]  # bound now
        for each, table in zip(prepared, tables, strict=True)
    ]
    attempts.check()
    if isinstance(prepared[0], Reading):
        transaction.check_answer_size(item_size(result[0] or {}) for result in done if result)
    consumed: dict[str, Consumed] = {}
    responses = []
    for result in done:
        assert result is not None
        item, more = result
        more.table *= 2
        transaction.count(consumed, more)
        if isinstance(prepared[0], Reading):  # writes have no responses
            responses.append({"Item": item} if item else {})
    answer: dict[str, Any] = {"Responses": responses}
    wanted = call.input.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        kind: Any = "Read" if isinstance(prepared[0], Reading) else "Write"
        answer["ConsumedCapacity"] = [each.answer(wanted, kind) for each in consumed.values()]
    return answer


OPERATIONS = (
    Operation("ExecuteStatement", ONE.names, read_one, needs_one, serve_one),
    Operation("BatchExecuteStatement", BATCH.names, read_batch, needs_batch, serve_batch),
    Operation("ExecuteTransaction", ALL.names, read_all, needs_all, serve_all),
)
