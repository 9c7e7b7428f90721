"""Members that several operations share."""

from __future__ import annotations

from crossgrant.local.services.dynamodb.shapes import (
    BOOLEAN,
    ITEM,
    STRING,
    VALUE,
    Member,
    integer,
    list_of,
    map_of,
    string,
    structure,
)

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html: a name or an ARN.
TABLE_NAME = Member("TableName", string(1, 1024), required=True)
KEY = Member("Key", ITEM, required=True)
ITEM_MEMBER = Member("Item", ITEM, required=True)
CONSISTENT_READ = Member("ConsistentRead", BOOLEAN)
RETURN_CONSUMED_CAPACITY = Member("ReturnConsumedCapacity", string(enum=("INDEXES", "TOTAL", "NONE")))
RETURN_ITEM_COLLECTION_METRICS = Member("ReturnItemCollectionMetrics", string(enum=("SIZE", "NONE")))
RETURN_VALUES = Member("ReturnValues", string(enum=("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")))
RETURN_ON_FAILURE = Member("ReturnValuesOnConditionCheckFailure", string(enum=("ALL_OLD", "NONE")))
ATTRIBUTES_TO_GET = Member("AttributesToGet", list_of(STRING, 1, 255))
PROJECTION_EXPRESSION = Member("ProjectionExpression", STRING)
CONDITION_EXPRESSION = Member("ConditionExpression", STRING)
UPDATE_EXPRESSION = Member("UpdateExpression", STRING)
FILTER_EXPRESSION = Member("FilterExpression", STRING)
NAMES = Member("ExpressionAttributeNames", map_of(STRING, java="java.lang.String"))
VALUES = Member("ExpressionAttributeValues", ITEM)
CONDITIONAL_OPERATOR = Member("ConditionalOperator", string(enum=("OR", "AND")))
INDEX_NAME = Member("IndexName", string(3, 255, pattern="[a-zA-Z0-9_.-]+"))
LIMIT = Member("Limit", integer(1))
SELECT = Member("Select", string(enum=("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")))
EXCLUSIVE_START_KEY = Member("ExclusiveStartKey", ITEM)

_COMPARISON = string(
    enum=(
        "IN",
        "NULL",
        "BETWEEN",
        "LT",
        "NOT_CONTAINS",
        "EQ",
        "GT",
        "NOT_NULL",
        "NE",
        "LE",
        "BEGINS_WITH",
        "GE",
        "CONTAINS",
    )
)
CONDITIONS = map_of(
    structure(
        "Condition",
        Member("AttributeValueList", list_of(VALUE)),
        Member("ComparisonOperator", _COMPARISON, required=True),
    ),
    java="com.amazonaws.dynamodb.v20120810.Condition",
)
EXPECTED = Member(
    "Expected",
    map_of(
        structure(
            "ExpectedAttributeValue",
            Member("AttributeValueList", list_of(VALUE)),
            Member("ComparisonOperator", _COMPARISON),
            Member("Exists", BOOLEAN),
            Member("Value", VALUE),
        ),
        java="com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue",
    ),
)
ATTRIBUTE_UPDATES = Member(
    "AttributeUpdates",
    map_of(
        structure(
            "AttributeValueUpdate",
            Member("Action", string(enum=("ADD", "DELETE", "PUT"))),
            Member("Value", VALUE),
        ),
        java="com.amazonaws.dynamodb.v20120810.AttributeValueUpdate",
    ),
)
