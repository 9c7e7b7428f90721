"""DynamoDB's expressions: text, names and values in; functions of an item, paths and key ranges out.

`syntax` parses a text by `grammar.lark`; `check` says what is wrong with it by itself, and keeps the tree; `bind` puts
in the names and values of one call; `condition`, `update`, `projection`, `key_condition` and `key_range` make of it
what calls use.
"""

from crossgrant.local.services.dynamodb.expressions.bind import DocumentPath, Placeholders, resolve
from crossgrant.local.services.dynamodb.expressions.check import FUNCTIONS, check_tree
from crossgrant.local.services.dynamodb.expressions.condition import (
    Condition,
    bound_condition,
    comparison,
    condition,
)
from crossgrant.local.services.dynamodb.expressions.key_condition import (
    KeyCondition,
    KeyConditions,
    key_conditions,
    mirrored_operator,
)
from crossgrant.local.services.dynamodb.expressions.key_range import (
    MOST_CONDITIONS,
    TOO_MANY_CONDITIONS,
    Range,
    key_range,
)
from crossgrant.local.services.dynamodb.expressions.projection import projection, select
from crossgrant.local.services.dynamodb.expressions.syntax import (
    Action,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    ExpressionError,
    In,
    Node,
    Not,
    Or,
    Parenthesis,
    Path,
    Reference,
    Update,
)
from crossgrant.local.services.dynamodb.expressions.update import BoundAction, BoundUpdate, bound_update, update

__all__ = [
    "FUNCTIONS",
    "MOST_CONDITIONS",
    "TOO_MANY_CONDITIONS",
    "Action",
    "And",
    "Arithmetic",
    "Between",
    "BoundAction",
    "BoundUpdate",
    "Call",
    "Compare",
    "Condition",
    "DocumentPath",
    "ExpressionError",
    "In",
    "KeyCondition",
    "KeyConditions",
    "Node",
    "Not",
    "Or",
    "Parenthesis",
    "Path",
    "Placeholders",
    "Range",
    "Reference",
    "Update",
    "bound_condition",
    "bound_update",
    "check_tree",
    "comparison",
    "condition",
    "key_conditions",
    "key_range",
    "mirrored_operator",
    "projection",
    "resolve",
    "select",
    "update",
]
