"""A table's definition as CreateTable and UpdateTable give it: keys, indexes and throughput, with AWS's checks.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossgrant.local.services.dynamodb import settings
from crossgrant.local.services.dynamodb.errors import invalid_parameter, validation
from crossgrant.local.services.dynamodb.keys import KeyAttribute, KeySchema
from crossgrant.local.services.dynamodb.shapes import Member, integer, list_of, string, structure
from crossgrant.local.services.dynamodb.table import Index, Throughput

_MOST_UNITS = 1_000_000_000_000
_MOST_LOCAL = 5
_MOST_GLOBAL = 20
_MOST_PROJECTED = 100
_KEYS = 2
_MOST_ATTRIBUTES = 4  # of a global index's partition key, and of its sort key

ATTRIBUTE_DEFINITIONS = Member(
    "AttributeDefinitions",
    list_of(
        structure(
            "AttributeDefinition",
            Member("AttributeName", string(1, 255), required=True),
            Member("AttributeType", string(enum=("B", "N", "S")), required=True),
        )
    ),
)
_KEY_SCHEMA_ELEMENT = structure(
    "KeySchemaElement",
    Member("AttributeName", string(1, 255), required=True),
    Member("KeyType", string(enum=("HASH", "RANGE")), required=True),
)
KEY_SCHEMA = Member("KeySchema", list_of(_KEY_SCHEMA_ELEMENT, 1, _KEYS), required=True)
_GLOBAL_KEY_SCHEMA = Member("KeySchema", list_of(_KEY_SCHEMA_ELEMENT, 1), required=True)
PROVISIONED_THROUGHPUT = Member(
    "ProvisionedThroughput",
    structure(
        "ProvisionedThroughput",
        Member("WriteCapacityUnits", integer(1, java="Long"), required=True),
        Member("ReadCapacityUnits", integer(1, java="Long"), required=True),
    ),
)
INDEX_NAME = Member("IndexName", string(3, 255, pattern="[a-zA-Z0-9_.-]+"), required=True)
PROJECTION = Member(
    "Projection",
    structure(
        "Projection",
        Member("ProjectionType", string(enum=("ALL", "INCLUDE", "KEYS_ONLY"))),
        Member("NonKeyAttributes", list_of(string(1, 255), 1)),
    ),
    required=True,
)
LOCAL_INDEXES = Member(
    "LocalSecondaryIndexes", list_of(structure("LocalSecondaryIndex", INDEX_NAME, KEY_SCHEMA, PROJECTION))
)
GLOBAL_INDEX = structure(
    "GlobalSecondaryIndex",
    INDEX_NAME,
    _GLOBAL_KEY_SCHEMA,
    PROJECTION,
    PROVISIONED_THROUGHPUT,
    settings.ON_DEMAND_THROUGHPUT,
    settings.WARM_THROUGHPUT,
)
GLOBAL_INDEXES = Member("GlobalSecondaryIndexes", list_of(GLOBAL_INDEX))
BILLING_MODE = Member("BillingMode", string(enum=("PROVISIONED", "PAY_PER_REQUEST")))
TAGS = Member(
    "Tags",
    list_of(
        structure("Tag", Member("Key", string(1, 128), required=True), Member("Value", string(0, 256), required=True))
    ),
)


def throughput(given: Mapping[str, Any] | None, where: str = "") -> Throughput:
    """Return the throughput given, none for none.

    Raises:
        ServiceError: more units than AWS counts.

    """
    if given is None:
        return Throughput()
    for name in ("ReadCapacityUnits", "WriteCapacityUnits"):
        if given[name] > _MOST_UNITS:
            raise validation(f"Given value {given[name]} for {name} is out of bounds{where}")
    return Throughput(given["ReadCapacityUnits"], given["WriteCapacityUnits"])


def attribute_types(definitions: list[dict[str, str]]) -> dict[str, str]:
    """Return the type of each attribute defined.

    Raises:
        ServiceError: an attribute is defined twice.

    """
    types: dict[str, str] = {}
    for definition in definitions:
        name, kind = definition["AttributeName"], definition["AttributeType"]
        if name in types:
            raise invalid_parameter(f"Cannot add, delete, or modify duplicate attribute definition: {name}")
        types[name] = kind
    return types


def table_key(elements: list[dict[str, str]], types: Mapping[str, str]) -> KeySchema:
    """Return a table's key.

    Raises:
        ServiceError: AWS's text.

    """
    names = [element["AttributeName"] for element in elements]
    if len(names) == _KEYS and (len(types) < _KEYS or any(name not in types for name in names)):
        raise validation("Invalid KeySchema: Some index key attribute have no definition")
    return _key(elements, types)


def _key(elements: list[dict[str, str]], types: Mapping[str, str]) -> KeySchema:
    names = [element["AttributeName"] for element in elements]
    if any(name not in types for name in names):
        raise _undefined(names, types)
    if len(names) == _KEYS and names[0] == names[1]:
        raise validation("Both the Hash Key and the Range Key element in the KeySchema have the same name")
    _check_first(elements)
    if len(elements) == _KEYS and elements[1]["KeyType"] != "RANGE":
        raise validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
    return _schema(elements, types)


def _global_key(elements: list[dict[str, str]], types: Mapping[str, str]) -> KeySchema:
    """Return a global index's key, of up to four attributes for each of its two parts.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.MultiAttributeKeys
    The texts are those recorded against AWS in
    https://github.com/aws-controllers-k8s/dynamodb-controller docs/api-quirks (DDB-TABLE-123 and 442).
    """
    names = [element["AttributeName"] for element in elements]
    if any(name not in types for name in names):
        raise _undefined(names, types)
    if len(set(names)) < len(names):
        raise validation("The KeySchema contains multiple key attributes with the same name")
    _check_first(elements)
    kinds = [element["KeyType"] for element in elements]
    if sorted(kinds) != kinds:
        raise invalid_parameter("All HASH key attributes must precede RANGE key attributes in the KeySchema")
    for kind in ("HASH", "RANGE"):
        if kinds.count(kind) > _MOST_ATTRIBUTES:
            raise invalid_parameter(f"The KeySchema exceeds the maximum allowed number of {kind} key attributes")
    return _schema(elements, types)


def _check_first(elements: list[dict[str, str]]) -> None:
    if elements[0]["KeyType"] != "HASH":
        raise validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")


def _schema(elements: list[dict[str, str]], types: Mapping[str, str]) -> KeySchema:
    attributes = [
        (each["KeyType"], KeyAttribute(each["AttributeName"], types[each["AttributeName"]])) for each in elements
    ]
    return KeySchema(
        tuple(attribute for kind, attribute in attributes if kind == "HASH"),
        tuple(attribute for kind, attribute in attributes if kind == "RANGE"),
    )


def _undefined(names: list[str], types: Mapping[str, str]) -> Exception:
    return invalid_parameter(
        "Some index key attributes are not defined in AttributeDefinitions. "
        f"Keys: [{', '.join(names)}], AttributeDefinitions: [{', '.join(types)}]"
    )


def local_indexes(given: list[dict[str, Any]], key: KeySchema, types: Mapping[str, str]) -> list[Index]:
    """Return a table's local indexes, without ids.

    Raises:
        ServiceError: AWS's text.

    """
    if not given:
        raise invalid_parameter("List of LocalSecondaryIndexes is empty")
    if not key.range:
        raise invalid_parameter(
            "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"
        )
    indexes: list[Index] = []
    for each in given:
        name = each["IndexName"]
        own = _key(each["KeySchema"], types)
        if not own.range:
            raise invalid_parameter(f"Index KeySchema does not have a range key for index: {name}")
        if own.hash != key.hash:
            raise invalid_parameter(
                f"Index KeySchema does not have the same leading hash key as table KeySchema for index: {name}. "
                f"index hash key: {own.names[0]}, table hash key: {key.names[0]}"
            )
        indexes.append(Index(0, name, True, own, *projection(each["Projection"])))
        _check_duplicate(indexes)
    if len(indexes) > _MOST_LOCAL:
        raise invalid_parameter(f"Number of LocalSecondaryIndexes exceeds per-table limit of {_MOST_LOCAL}")
    return indexes


def global_indexes(
    given: list[dict[str, Any]], types: Mapping[str, str], billing_mode: str, others: list[Index]
) -> list[Index]:
    """Return a table's global indexes, without ids; `others` are the table's other indexes.

    Raises:
        ServiceError: AWS's text.

    """
    if not given:
        raise invalid_parameter("List of GlobalSecondaryIndexes is empty")
    indexes = list(others)
    for each in given:
        indexes.append(global_index(each, types, billing_mode))
        _check_duplicate(indexes)
    if sum(not index.local for index in indexes) > _MOST_GLOBAL:
        raise invalid_parameter(f"GlobalSecondaryIndex count exceeds the per-table limit of {_MOST_GLOBAL}")
    return indexes[len(others) :]


def global_index(given: dict[str, Any], types: Mapping[str, str], billing_mode: str) -> Index:
    """Return one global index, without its id; errors as `global_indexes`."""
    name = given["IndexName"]
    key = _global_key(given["KeySchema"], types)
    kind, attributes = projection(given["Projection"])
    units = given.get("ProvisionedThroughput")
    if billing_mode == "PAY_PER_REQUEST" and units is not None:
        raise invalid_parameter(
            f"ProvisionedThroughput should not be specified for index: {name} when BillingMode is PAY_PER_REQUEST"
        )
    if billing_mode == "PROVISIONED" and units is None:
        raise invalid_parameter(f"ProvisionedThroughput must be specified for index: {name}")
    limits = given.get("OnDemandThroughput", {})
    kept = settings.with_on_demand_limits({}, limits, billing_mode, new=True, index=name)
    kept = settings.with_new_warm_throughput(kept, given.get("WarmThroughput", {}), units, name)
    return Index(0, name, False, key, kind, attributes, throughput(units, f" for index {name}"), settings=kept)


def projection(given: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return a projection's kind and the attributes it includes.

    Raises:
        ServiceError: AWS's text.

    """
    kind, attributes = given.get("ProjectionType"), given.get("NonKeyAttributes")
    if kind is None:
        raise invalid_parameter("Unknown ProjectionType: null")
    if attributes is not None and kind != "INCLUDE":
        raise invalid_parameter(f"ProjectionType is {kind}, but NonKeyAttributes is specified")
    if kind == "INCLUDE" and attributes is None:
        raise invalid_parameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    return kind, tuple(attributes or ())


def _check_duplicate(indexes: list[Index]) -> None:
    name = indexes[-1].name
    if any(index.name == name for index in indexes[:-1]):
        raise invalid_parameter(f"Duplicate index name: {name}")


def check_projected_count(indexes: list[Index]) -> None:
    """Check the number of attributes that all indexes include together."""
    if sum(len(index.projected) for index in indexes) > _MOST_PROJECTED:
        raise invalid_parameter(
            f"Number of attributes for all indexes exceeds the limit of {_MOST_PROJECTED} per table"
        )
