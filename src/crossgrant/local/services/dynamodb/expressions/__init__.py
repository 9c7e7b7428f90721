"""DynamoDB's expressions: text, names and values in; functions of an item, paths and key ranges out.

`syntax` parses a text by `grammar.lark`; `check` says what is wrong with it by itself, and keeps the tree; `bind` puts
in the names and values of one call; `condition`, `update`, `projection` and `key_condition` make of it what calls use.
"""

from crossgrant.local.services.dynamodb.expressions.bind import DocumentPath, Placeholders
from crossgrant.local.services.dynamodb.expressions.condition import Condition, comparison, condition
from crossgrant.local.services.dynamodb.expressions.key_condition import (
    KeyCondition,
    KeyConditions,
    Range,
    key_conditions,
    key_range,
)
from crossgrant.local.services.dynamodb.expressions.projection import projection, select
from crossgrant.local.services.dynamodb.expressions.syntax import ExpressionError
from crossgrant.local.services.dynamodb.expressions.update import BoundAction, BoundUpdate, update

__all__ = [
    "BoundAction",
    "BoundUpdate",
    "Condition",
    "DocumentPath",
    "ExpressionError",
    "KeyCondition",
    "KeyConditions",
    "Placeholders",
    "Range",
    "comparison",
    "condition",
    "key_conditions",
    "key_range",
    "projection",
    "select",
    "update",
]
