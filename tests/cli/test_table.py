from __future__ import annotations

import io
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crossgrant.cli.item_files import ItemFileError, read_items, writer
from crossgrant.cli.table_dump import dump_items
from crossgrant.cli.table_load import load_items
from crossgrant.errors import CrossgrantError
from support.full_disk import files_end_at
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
    assert json.loads((tmp_path / ".many.jsonl.load-progress").read_text())["line"] == 300

    lines[300] = json.dumps({"id": "many", "at": 300, "mended": True})
    source.write_text("\n".join(lines))
    again = table(gateway, "load", str(source))
    assert (again.returncode, again.stdout) == (0, "put 100 items into Orders\n"), again.stderr
    assert "going on behind line 300; --restart begins again" in again.stderr
    assert not list(tmp_path.glob(".*"))
    count = gateway.client("dynamodb").query(
        TableName="Orders",
        Select="COUNT",
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": "many"}},
    )["Count"]
    assert count == 400


@pytest.mark.slow
def test_a_load_begins_again_when_a_line_before_has_changed(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "changed.jsonl"
    lines = [json.dumps({"id": "changed", "at": number}) for number in range(60)]
    source.write_text("\n".join([*lines, "{"]))
    assert table(gateway, "load", str(source)).returncode == 2
    lines[3] = json.dumps({"id": "changed", "at": 9})
    source.write_text("\n".join(lines))
    again = table(gateway, "load", str(source))
    assert (again.returncode, again.stdout) == (0, "put 60 items into Orders\n"), again.stderr
    assert "going on" not in again.stderr


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", ":1: no JSON: Expecting property name enclosed in double quotes at column 2"),
        ("\n[1]\n", ":2: an object was expected, one item a line"),
        ('{"id":{"B":"x"}}\n', ":1: `x` is no base64"),
        ('{"id":"a"}\r\n\r\n{"id":NaN}\r\n', ":3: NaN is no number that a table can hold"),
        ('{"id":{"N":-Infinity}}', ":1: -Infinity is no number that a table can hold"),
        ('{"id":{"L":[1]}}', ":1: `1` is no value in DynamoDB JSON"),
        ('{"id":{"M":{"a":{"S":1}}}}', ':1: `{"S": "1"}` is no value in DynamoDB JSON'),
        ('{"id":{"L":[{"S":"a","N":"1"}]}}', ':1: `{"S": "a", "N": "1"}` is no value in DynamoDB JSON'),
        ('{"id":{"SS":["a",1]}}', ':1: `{"S": "1"}` is no value in DynamoDB JSON'),
        ('{"id":' + "[" * 100_000, ":1: nested too deeply: a table holds 32 levels"),
        ('{"id":"a"}\n{"id":"\udcff"}\n', ":2: no UTF-8 text: invalid start byte at byte 8"),
    ],
)
def test_a_line_that_is_no_item_is_told_with_its_number(tmp_path: Path, text: str, problem: str) -> None:
    source = tmp_path / "bad.jsonl"
    source.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ItemFileError) as refused:
        list(read_items(source, {}))
    assert problem in refused.value.message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id,at,id\n1,2,3\n", ":1: the header names `id` twice"),
        ("id,at\na,1\nb,2,3\n", ":3: 3 cells, where the header names 2"),
        ('id,at\n"a\nb",1\n"c\n', ":4: no CSV: unexpected end of data"),
        ('id,at\n"a\n\udcff",1\n', ":3: no UTF-8 text: invalid start byte at byte 1"),
    ],
)
def test_a_row_that_is_no_item_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    source = tmp_path / "bad.csv"
    source.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ItemFileError) as refused:
        list(read_items(source, {}))
    assert problem in refused.value.message


def read(tmp_path: Path, name: str, text: str) -> list[dict[str, Any]]:
    source = tmp_path / name
    source.write_bytes(text.encode())
    return [each.item for each in read_items(source, {"id": "N"})]


def test_a_number_keeps_its_digits(tmp_path: Path) -> None:
    digits = "1234567890123456789012345678901234567.8"
    text = f'{{"id":{digits},"n":[-0.0,1E+5]}}\n{{"id":{{"N":"{digits}"}}}}\n{{"id":{{"N":{digits}}}}}\n'
    plain, *typed = read(tmp_path, "numbers.jsonl", text)
    assert plain == {"id": {"N": digits}, "n": {"L": [{"N": "-0.0"}, {"N": "1E+5"}]}}
    assert typed == [{"id": {"N": digits}}] * 2


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path) -> None:
    assert read(tmp_path, "marked.jsonl", '\ufeff{"id":1}\n') == [{"id": {"N": "1"}}]
    assert read(tmp_path, "marked.csv", "\ufeffid\n1\n") == [{"id": {"N": "1"}}]


def test_empty_lines_cells_and_rows_are_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path, "gaps.jsonl", '\n{"id":1,"t":""}\n  \n') == [{"id": {"N": "1"}, "t": {"S": ""}}]
    assert read(tmp_path, "gaps.csv", 'id,a,b\r\n1,,"x,\r\ny"\r\n\r\n2\r\n') == [
        {"id": {"N": "1"}, "b": {"S": "x,\r\ny"}},
        {"id": {"N": "2"}},
    ]


def test_a_large_cell_is_read(tmp_path: Path) -> None:
    (item,) = read(tmp_path, "large.csv", f"id,text\n1,{'x' * 300_000}\n")
    assert len(item["text"]["S"]) == 300_000


class Table:
    """A table that serves by hand what `table load` and `table dump` call: it leaves items unprocessed, and ends us."""

    def __init__(self, *, busy: int = 0) -> None:
        self.busy, self.put, self.calls = busy, list[Any](), 0
        self.meta = SimpleNamespace(
            events=SimpleNamespace(register=lambda _event, replace: self.bodies.append(replace))
        )
        self.bodies: list[Any] = []

    def describe_table(self, TableName: str) -> Any:  # noqa: N803 - boto3's name
        keys = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
        return {"Table": {"TableArn": TableName, "KeySchema": [{"AttributeName": "id"}], **keys}}

    def batch_write_item(self, RequestItems: dict[str, Any]) -> Any:  # noqa: N803 - boto3's name
        params: dict[str, Any] = {"body": json.dumps({"RequestItems": RequestItems}).encode()}
        self.bodies[0](params)
        requests = json.loads(params["body"])["RequestItems"]["Orders"]
        left = requests[1:] if self.calls < self.busy else []
        self.calls += 1
        self.put += [each["PutRequest"]["Item"]["id"]["S"] for each in requests[: len(requests) - len(left)]]
        return {"UnprocessedItems": {"Orders": left}} if left else {}

    def scan(self, **_given: Any) -> Any:
        if self.calls:
            os.kill(os.getpid(), signal.SIGTERM)
        self.calls += 1
        return {"Items": [{"id": {"S": "a"}}], "LastEvaluatedKey": {"id": {"S": "a"}}}


def test_what_a_table_leaves_unprocessed_is_put_again(tmp_path: Path) -> None:
    source = tmp_path / "orders.jsonl"
    source.write_text('{"id":"a"}\n{"id":"b"}\n{"id":"c"}\n')
    busy = Table(busy=2)
    assert load_items(busy, "Orders", source, restart=False) == 3
    assert busy.put == ["a", "b", "c"]


def test_a_table_that_never_keeps_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)  # the pauses between tries
    source = tmp_path / "orders.jsonl"
    source.write_text("\n".join(f'{{"id":"{number}"}}' for number in range(20)))
    with pytest.raises(CrossgrantError, match="Orders doesn't keep up: items stay unprocessed"):
        load_items(Table(busy=1000), "Orders", source, restart=False)


def test_a_dump_that_is_ended_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "orders.jsonl"
    target.write_text("old")
    with pytest.raises(SystemExit) as ended:
        dump_items(Table(), "Orders", target, "dynamodb-json")
    assert ended.value.code == 128 + signal.SIGTERM
    assert [(file, file.read_text()) for file in tmp_path.iterdir()] == [(target, "old")]


def written(form: str, items: list[Any]) -> str:
    file = io.StringIO()
    writer(form, file)(items)
    return file.getvalue()


def test_csv_tells_what_is_a_number(tmp_path: Path) -> None:
    items = [{"id": {"N": "1"}, "total": {"N": "2.5"}, "x:N": {"S": "3"}}]
    assert written("csv", items) == "id:N,total:N,x:N:S\n1,2.5,3\n"
    assert read(tmp_path, "again.csv", written("csv", items)) == items


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ([{"a": {"S": "x"}}, {"a": {"N": "1"}}], "`a` is of type N and S"),
        ([{"a": {"SS": ["x"]}}], "CSV can't hold a value of type SS, as `a` has"),
    ],
)
def test_csv_refuses_what_would_come_back_otherwise(items: list[Any], problem: str) -> None:
    with pytest.raises(CrossgrantError, match=problem):
        written("csv", items)


@pytest.mark.slow
def test_a_key_that_does_not_fit_is_told_before_it_is_sent(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "keys.jsonl"
    source.write_text('{"id":"k","at":1}\n{"id":"k"}\n')
    assert "keys.jsonl:2: the key `at` is missing" in table(gateway, "load", str(source)).stderr
    source.write_text('{"id":"k","at":"1"}\n')
    refused = table(gateway, "load", str(source)).stderr
    assert "keys.jsonl:1: the key `at` is of type S, the table's of type N" in refused


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("x" * 410_000, "Item size has exceeded the maximum allowed size"),
        ("\ud800", "a string is no valid Unicode"),
    ],
)
def test_an_item_that_the_table_refuses_is_told_with_its_line(
    gateway: Gateway, tmp_path: Path, value: str, problem: str
) -> None:
    source = tmp_path / "refused.jsonl"
    lines = [json.dumps({"id": "refused", "at": number, "v": "x" if number != 60 else value}) for number in range(80)]
    source.write_text("\n".join(lines))
    refused = table(gateway, "load", str(source))
    assert refused.returncode == 2
    assert f"refused.jsonl:61: {problem}" in refused.stderr.replace("Unable to parse the request: ", "")
    assert json.loads((tmp_path / ".refused.jsonl.load-progress").read_text())["line"] == 50


@pytest.mark.slow
def test_of_two_items_with_one_key_the_later_stays(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "twice.jsonl"
    lines = [json.dumps({"id": "twice", "at": number % 30, "line": number}) for number in range(600)]
    lines.append('{"id":"twice","at":29.0,"line":600}')
    source.write_text("\n".join(lines))
    assert table(gateway, "load", str(source)).returncode == 0
    found = gateway.client("dynamodb").query(
        TableName="Orders", KeyConditionExpression="id = :id", ExpressionAttributeValues={":id": {"S": "twice"}}
    )["Items"]
    assert [int(item["line"]["N"]) for item in found] == [*range(570, 599), 600]


@pytest.mark.slow
@pytest.mark.parametrize("letter", ["語", "\x01"])
def test_large_items_of_any_letters_are_loaded(gateway: Gateway, tmp_path: Path, letter: str) -> None:
    """Escaped, 25 items of 390 KB are more than the 16 MB that AWS takes in a call."""
    source = tmp_path / "large.jsonl"
    value = letter * (390_000 // len(letter.encode()))
    source.write_text("\n".join(json.dumps({"id": f"large {letter}", "at": n, "v": value}) for n in range(25)))
    loaded = table(gateway, "load", str(source))
    assert (loaded.returncode, loaded.stdout) == (0, "put 25 items into Orders\n"), loaded.stderr


@pytest.mark.slow
def test_a_load_into_another_table_does_not_go_on_from_this_ones_note(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "both.jsonl"
    source.write_text("\n".join([*(json.dumps({"id": "both", "at": n}) for n in range(100)), '{"id":"both"}']))
    assert table(gateway, "load", str(source)).returncode == 2
    assert "going on behind line" in table(gateway, "load", str(source)).stderr
    caller = gateway.client("dynamodb", "caller")
    caller.create_table(
        TableName="Orders",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    loaded = crossgrant(
        *("table", "load", "Orders", str(source), "--account", "caller", "--ready-file", str(gateway.ready_file))
    )
    assert (loaded.returncode, loaded.stdout) == (0, "put 101 items into Orders\n"), loaded.stderr


@pytest.mark.slow
def test_an_account_is_where_its_gateway_is_whatever_the_environment_names(gateway: Gateway) -> None:
    elsewhere = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    where = ("--account", "owner", "--ready-file", str(gateway.ready_file))
    dumped = crossgrant("table", "dump", "Orders", *where, env={**os.environ, **elsewhere})
    assert dumped.returncode == 0, dumped.stderr


@pytest.mark.slow
def test_a_missing_table_says_what_to_do(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "orders.jsonl"
    source.write_text('{"id":"a"}')
    where = ("--account", "owner", "--ready-file", str(gateway.ready_file))
    for arguments in (("load", "Nope", str(source)), ("dump", "Nope")):
        refused = crossgrant("table", *arguments, *where)
        assert refused.returncode == 2
        assert "Requested resource not found" in refused.stderr
        assert "help: create the table first, or name its account and Region" in refused.stderr


@pytest.mark.slow
def test_a_dump_loads_and_dumps_the_same(gateway: Gateway, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert table(gateway, "dump", str(first)).returncode == 0
    assert table(gateway, "load", str(first)).returncode == 0
    assert table(gateway, "dump", str(second)).returncode == 0
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size > 1_000_000


@pytest.mark.slow
def test_a_dump_without_room_leaves_the_old_file(gateway: Gateway, tmp_path: Path) -> None:
    target = tmp_path / "orders.jsonl"
    target.write_text("old")
    with files_end_at(100_000):
        refused = table(gateway, "dump", str(target))
    assert (refused.returncode, target.read_text()) == (2, "old")
    assert f"`{target}` can't be written: File too large" in refused.stderr
    assert list(tmp_path.iterdir()) == [target]
