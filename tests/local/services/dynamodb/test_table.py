from __future__ import annotations

import json
from dataclasses import replace

from crossgrant.local.services.dynamodb.keys import KeyAttribute, KeySchema
from crossgrant.local.services.dynamodb.table import Index, Table, from_json, to_json

ID, AT, OWNED = KeyAttribute("id", "S"), KeyAttribute("at", "N"), KeyAttribute("owned", "S")
TABLE = Table(
    id=1,
    account_id="222222222222",
    region="us-east-1",
    name="Orders",
    table_id="t",
    created=1.5,
    attributes=(ID, AT, OWNED),
    key=KeySchema((ID,), (AT,)),
    indexes=(Index(1, "by-owner", local=False, key=KeySchema((OWNED,)), projection="ALL", projected=()),),
)


def test_a_definition_stored_before_keys_had_several_attributes_is_read() -> None:
    stored = """{"table_id":"t","created":1.5,"attributes":[["id","S"],["at","N"],["owned","S"]],
        "key":[["id","S"],["at","N"]],
        "indexes":[{"id":1,"name":"by-owner","local":false,"key":[["owned","S"],null],"projection":"ALL","projected":[],
        "throughput":{"read":0,"write":0,"increased":null,"decreased":null,"decreases_today":0},"transition":null,
        "settings":{}}],"next_index_id":1,"billing_mode":"PROVISIONED","throughput":{"read":0,"write":0,"increased":null,
        "decreased":null,"decreases_today":0},"deletion_protection":false}"""
    assert from_json(1, "222222222222", "us-east-1", "Orders", stored) == TABLE
    assert json.loads(to_json(TABLE)) == json.loads(stored)


def test_a_definition_with_several_attributes_is_read_as_it_was_stored() -> None:
    keys = (KeySchema((OWNED, ID), (AT,)), KeySchema((OWNED,), (AT, ID)), KeySchema((OWNED, AT)))
    for key in keys:
        table = replace(TABLE, indexes=(replace(TABLE.indexes[0], key=key),))
        assert from_json(1, "222222222222", "us-east-1", "Orders", to_json(table)) == table
