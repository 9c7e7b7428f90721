"""The access that Lambda's operations need: one action, named as the operation, on the function.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
"""

from __future__ import annotations

from crossgrant.local.operation import Call, Need
from crossgrant.local.services.lambda_.function_name import FunctionName


def on_function(call: Call, name: FunctionName) -> tuple[Need, ...]:
    """Need the operation's action on the function; a function of another account needs that account's say too."""
    action = "InvokeFunction" if call.operation == "Invoke" else call.operation
    return (Need(f"lambda:{action}", name.qualified_arn, name.account),)


def on_account(call: Call, _: object) -> tuple[Need, ...]:
    """Need the operation's action, which acts on no function in particular."""
    return (Need(f"lambda:{call.operation}", "*", call.account_id),)
