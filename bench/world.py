"""The two accounts of every comparison: a caller's user and function, an owner's role and table."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from botocore.handlers import generate_idempotent_uuid

from bench.client import signed
from bench.servers import CALLER, OWNER, REGION, Keys, Server

TABLE, ROLE, FUNCTION, USER = "Orders", "orders-reader", "orders-api", "bench"
CUSTOMERS, ORDERS = 100, 10  # a Query of one customer reads its ten orders
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
HANDLER = """\
import time

def handler(event, context):
    started = time.perf_counter()
    answer = {"id": event["id"], "total": 3}
    return {"answer": answer, "seconds": time.perf_counter() - started}
"""


def trust(principal: dict[str, str]) -> str:
    """Return a trust policy that lets `principal` assume the role."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def create_table(server: Server) -> Any:
    """Make a table with a partition and a sort key in the owner's account, and return its operator's client."""
    dynamodb = server.client("dynamodb", server.operators[OWNER])
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"}, {"AttributeName": "order", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("customer", "order")],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
    return dynamodb


def key(number: int) -> dict[str, dict[str, str]]:
    """Return the key of one of the table's orders."""
    customer, order = divmod(number, ORDERS)
    return {"customer": {"S": f"customer-{customer:07}"}, "order": {"S": f"order-{order:03}"}}


def item(number: int, size: int = 200) -> dict[str, Any]:
    """Return one of the table's orders, about `size` bytes."""
    price, note = {"N": str(number % 997)}, {"S": "x" * (size - 80)}
    return {**key(number), "price": price, "open": {"BOOL": number % 2 == 0}, "note": note}


def fill(dynamodb: Any, count: int) -> None:
    """Put `count` orders into the table."""
    for start in range(0, count, 25):
        dynamodb.batch_write_item(RequestItems=puts(range(start, min(start + 25, count))))


def puts(numbers: range, size: int = 200) -> dict[str, Any]:
    """Return the RequestItems of a BatchWriteItem of those orders."""
    return {TABLE: [{"PutRequest": {"Item": item(number, size)}} for number in numbers]}


def table_calls(dynamodb: Any, items: int = CUSTOMERS * ORDERS) -> dict[str, list[bytes]]:
    """Return signed requests of every compared DynamoDB call, spread over a table of so many `items`."""
    spread = range(0, items, max(7, items // 500))
    customers = range(0, items // ORDERS, max(1, items // ORDERS // 100))

    # boto3 would give a transaction a token, and its repetition would be answered without being done.
    dynamodb.meta.events.unregister("before-parameter-build", generate_idempotent_uuid)

    def every(operation: str, numbers: range, parameters: Callable[[int], dict[str, Any]]) -> list[bytes]:
        return [signed(dynamodb, operation, **parameters(number)) for number in numbers]

    return {
        "GetItem": every("get_item", spread, lambda number: {"TableName": TABLE, "Key": key(number)}),
        "PutItem": every("put_item", spread, lambda number: {"TableName": TABLE, "Item": item(number)}),
        "Query of 10": every("query", customers, query),
        "BatchGet of 25": every("batch_get_item", range(0, items - 25, spread.step), batch_get),
        "conditional UpdateItem": every("update_item", spread, conditional_update),
        "TransactWrite of 4": every(
            "transact_write_items", spread, lambda number: transact_write(number % (items - 4))
        ),
    }


def query(customer: int) -> dict[str, Any]:
    """Return the parameters of a Query of one customer's orders."""
    values = {":customer": key(customer * ORDERS)["customer"]}
    return {"TableName": TABLE, "KeyConditionExpression": "customer = :customer", "ExpressionAttributeValues": values}


def batch_get(number: int) -> dict[str, Any]:
    """Return the parameters of a BatchGetItem of 25 orders."""
    return {"RequestItems": {TABLE: {"Keys": [key(number + offset) for offset in range(25)]}}}


def conditional_update(number: int) -> dict[str, Any]:
    """Return the parameters of an UpdateItem that holds a condition and counts up."""
    return {
        "TableName": TABLE,
        "Key": key(number),
        "UpdateExpression": "SET seen = if_not_exists(seen, :zero) + :one",
        "ConditionExpression": "attribute_exists(customer) AND price < :limit",
        "ExpressionAttributeValues": {":zero": {"N": "0"}, ":one": {"N": "1"}, ":limit": {"N": "1000"}},
    }


def transact_write(number: int) -> dict[str, Any]:
    """Return the parameters of a TransactWriteItems of two puts, an update and a check."""
    update = conditional_update(number + 2)
    check = {"TableName": TABLE, "Key": key(number + 3), "ConditionExpression": "attribute_exists(customer)"}
    return {
        "TransactItems": [
            {"Put": {"TableName": TABLE, "Item": item(number)}},
            {"Put": {"TableName": TABLE, "Item": item(number + 1)}},
            {"Update": update},
            {"ConditionCheck": check},
        ]
    }


class World:
    """Both accounts furnished on one server, with the keys that the calls are made with."""

    def __init__(self, server: Server, *, function: bool = True, items: int = CUSTOMERS * ORDERS) -> None:
        self.server = server
        caller = server.client("iam", server.operators[CALLER])
        caller.create_user(UserName=USER)
        made = caller.create_access_key(UserName=USER)["AccessKey"]
        self.user = Keys(made["AccessKeyId"], made["SecretAccessKey"])
        self.role = f"arn:aws:iam::{OWNER}:role/{ROLE}"
        self._let_user("assume", "sts:AssumeRole", self.role)
        owner = server.client("iam", server.operators[OWNER])
        principal = {"AWS": f"arn:aws:iam::{CALLER}:user/{USER}"}
        owner.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust(principal))
        table = f"arn:aws:dynamodb:{REGION}:{OWNER}:table/{TABLE}"
        owner.put_role_policy(RoleName=ROLE, PolicyName="read", PolicyDocument=self._allow("dynamodb:*", table))
        fill(create_table(server), items)
        if function:
            self._make_function()
        server.enforces()
        sts = server.client("sts", self.user)
        session = sts.assume_role(RoleArn=self.role, RoleSessionName="bench")["Credentials"]
        self.reader = Keys(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])

    def calls(self) -> dict[str, list[bytes]]:
        """Return the signed requests of the story's calls."""
        table = table_calls(self.server.client("dynamodb", self.reader))
        sts = self.server.client("sts", self.user)
        assume = signed(sts, "assume_role", RoleArn=self.role, RoleSessionName="bench")
        return {**{call: table[call] for call in ("GetItem", "PutItem", "Query of 10")}, "AssumeRole": [assume]}

    def invoke(self) -> bytes:
        """Return the signed request that invokes the function."""
        function = self.server.client("lambda", self.user)
        return signed(function, "invoke", FunctionName=FUNCTION, Payload=json.dumps({"id": "1"}).encode())

    def mixed(self) -> Iterator[bytes]:
        """Return calls of every kind but Invoke, mixed: four reads, three writes, two queries, one new session."""
        calls = self.calls()
        order = ["GetItem", "PutItem", "Query of 10", "GetItem", "PutItem", "AssumeRole", "GetItem", "PutItem"]
        order += ["Query of 10", "GetItem"]
        for number in range(700):
            for kind in order:
                yield calls[kind][number % len(calls[kind])]

    def _make_function(self) -> None:
        """Make the caller's function, let the user invoke it, and wait until it may be."""
        iam = self.server.client("iam", self.server.operators[CALLER])
        role = iam.create_role(RoleName=FUNCTION, AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", HANDLER)
        client = self.server.client("lambda", self.server.operators[CALLER])
        made = client.create_function(
            FunctionName=FUNCTION,
            Runtime=RUNTIME,
            Role=role["Role"]["Arn"],
            Handler="app.handler",
            Code={"ZipFile": code.getvalue()},
        )
        self._let_user("invoke", "lambda:InvokeFunction", made["FunctionArn"])
        client.get_waiter("function_active_v2").wait(FunctionName=FUNCTION, WaiterConfig={"Delay": 1})

    def _let_user(self, name: str, action: str, resource: str) -> None:
        iam = self.server.client("iam", self.server.operators[CALLER])
        iam.put_user_policy(UserName=USER, PolicyName=name, PolicyDocument=self._allow(action, resource))

    def _allow(self, action: str, resource: str) -> str:
        """Return a policy document that allows `action` on `resource`."""
        named = "*" if self.server.every_resource else resource
        statement = {"Effect": "Allow", "Action": action, "Resource": named}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
