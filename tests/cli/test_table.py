from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.gateway import Gateway, crossgrant, running_gateway


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running_gateway(tmp_path_factory.mktemp("gateway")) as running:
        client = running.client("dynamodb")
        client.create_table(
            TableName="Orders",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "at", "AttributeType": "N"},
            ],
        )
        client.get_waiter("table_exists").wait(TableName="Orders")
        yield running


def table(gateway: Gateway, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `crossgrant table COMMAND Orders` as the owner's operator."""
    where = ("--account", "owner", "--ready-file", str(gateway.ready_file))
    return crossgrant("table", command, "Orders", *arguments, *where)


@pytest.mark.slow
def test_what_was_loaded_is_dumped_in_every_format(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "orders.jsonl"
    plain = {"id": "a", "at": 1, "total": 12.50, "tags": ["x", None, True], "big": 12345678901234567890123}
    typed = {"id": {"S": "b"}, "at": {"N": "2"}, "raw": {"B": "AP8="}, "set": {"SS": ["p", "q"]}}
    source.write_text("\n".join(map(json.dumps, (plain, typed, {"Item": {**typed, "at": {"N": "3"}}}))) + "\n")

    loaded = table(gateway, "load", str(source))
    assert (loaded.returncode, loaded.stdout) == (0, "put 3 items into Orders\n"), loaded.stderr
    assert not list(tmp_path.glob(".*"))

    dumped = table(gateway, "dump")
    items = {(item["id"]["S"], item["at"]["N"]): item for item in map(json.loads, dumped.stdout.splitlines())}
    assert {("a", "1"), ("b", "2"), ("b", "3")} == set(items)
    assert typed == items["b", "2"]
    assert items["a", "1"]["big"] == {"N": "12345678901234567890123"}
    assert items["a", "1"]["tags"] == {"L": [{"S": "x"}, {"NULL": True}, {"BOOL": True}]}

    refused = table(gateway, "dump", "--format", "plain")
    assert refused.returncode == 2
    assert "plain values can't hold a value of type" in refused.stderr


@pytest.mark.slow
def test_csv_takes_the_types_of_keys_from_the_table(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "orders.csv"
    source.write_text('id,at,note,total:N\n"c,1",7,"two\nlines",2.5\nd,8,,\n')
    loaded = table(gateway, "load", str(source))
    assert loaded.returncode == 0, loaded.stderr
    client = gateway.client("dynamodb")
    item = client.get_item(TableName="Orders", Key={"id": {"S": "c,1"}, "at": {"N": "7"}})["Item"]
    assert item == {"id": {"S": "c,1"}, "at": {"N": "7"}, "note": {"S": "two\nlines"}, "total": {"N": "2.5"}}
    bare = client.get_item(TableName="Orders", Key={"id": {"S": "d"}, "at": {"N": "8"}})["Item"]
    assert bare == {"id": {"S": "d"}, "at": {"N": "8"}}


@pytest.mark.slow
def test_a_load_that_stopped_goes_on_behind_its_last_good_line(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "many.jsonl"
    lines = [json.dumps({"id": "many", "at": number}) for number in range(400)]
    lines[300] = json.dumps({"id": "many"})  # no sort key: the table refuses it
    source.write_text("\n".join(lines))

    stopped = table(gateway, "load", str(source))
    assert stopped.returncode == 2
    assert f"{source}:301: " in stopped.stderr.replace("\n", "")
    noted = json.loads((tmp_path / ".many.jsonl.load-progress").read_text())["line"]
    assert 0 < noted <= 300

    status = source.stat()
    lines[300] = json.dumps({"id": "many", "at": 0})[:-1].ljust(len(lines[300]) - 1) + "}"
    mended = "\n".join(lines)
    source.write_text(mended)
    again = table(gateway, "load", str(source))
    assert again.returncode == 0, again.stderr
    if len(mended.encode()) == status.st_size:
        assert "going on" not in again.stderr, "a file that changed is loaded from its start"
    count = gateway.client("dynamodb").query(
        TableName="Orders",
        Select="COUNT",
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": "many"}},
    )["Count"]
    assert count == 399


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", ":1: no JSON"),
        ("\n[1]\n", ":2: an object was expected, one item a line"),
        ('{"id":{"B":"x"}}\n', ":1: `x` is no base64"),
    ],
)
def test_a_line_that_is_no_item_is_told_with_its_number(tmp_path: Path, text: str, problem: str) -> None:
    from crossgrant.cli.item_files import ItemFileError, read_items  # noqa: PLC0415 - the command's own import

    source = tmp_path / "bad.jsonl"
    source.write_text(text)
    with pytest.raises(ItemFileError) as refused:
        list(read_items(source, {}))
    assert problem in refused.value.message
