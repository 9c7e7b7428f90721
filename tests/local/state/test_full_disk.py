"""A disk that is full: one clear error, nothing half-written, what was acknowledged stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from support.full_disk import files_end_at
from support.gateway import Gateway, running_gateway
from support.principals import refusal

ROOM = 3 * 1024 * 1024
KEY = [{"AttributeName": "id", "KeyType": "HASH"}]

pytestmark = pytest.mark.slow


def table(gateway: Gateway) -> Any:
    """Return a client that tries once: a full disk is no fault that passes."""
    session: Any = gateway.session("owner")
    return session.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))


def item(number: int) -> dict[str, Any]:
    return {"id": {"S": str(number)}, "filling": {"S": "x" * 100_000}}


def test_a_write_that_finds_no_room_is_refused_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    with files_end_at(ROOM), running_gateway(tmp_path, "--state", state) as gateway:
        client = table(gateway)
        client.create_table(
            TableName="Orders",
            KeySchema=KEY,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        client.get_waiter("table_exists").wait(TableName="Orders", WaiterConfig={"Delay": 1})
        acknowledged = 0
        while acknowledged < ROOM // 100_000 + 1:
            try:
                client.put_item(TableName="Orders", Item=item(acknowledged))
            except client.exceptions.ClientError:
                break
            acknowledged += 1
        code, text = refusal(client.put_item, TableName="Orders", Item=item(acknowledged))
        assert code == "InternalFailure"
        assert "the state can't be written" in text
        assert 0 < acknowledged < ROOM // 100_000 + 1
        assert client.get_item(TableName="Orders", Key={"id": {"S": "0"}})["Item"] == item(0)
    with running_gateway(tmp_path, "--state", state) as gateway:
        client = table(gateway)
        ids = {
            found["id"]["S"]
            for page in client.get_paginator("scan").paginate(TableName="Orders")
            for found in page["Items"]
        }
        assert ids == {str(number) for number in range(acknowledged)}
        client.put_item(TableName="Orders", Item=item(acknowledged))
