"""The function's configuration, before it calls anything."""

from __future__ import annotations

from crossgrant.doctor.cause import Finding, Found, Grade, Open, RuledOut
from crossgrant.doctor.inquiry import Inquiry
from crossgrant.doctor.statements import statements
from crossgrant.evidence import Function, NotRead, Role

LAMBDA = "lambda.amazonaws.com"
SHORT = 10
"""Seconds: less is too little for a cold start with an AssumeRole and its retries."""


def takes_a_role_of_another_account(inquiry: Inquiry) -> Finding:
    """F24: the execution role is not in the function's account."""
    function = inquiry.function
    if not isinstance(function, Function) or isinstance(function.role_arn, NotRead):
        return RuledOut("the text does not speak of it")
    own, roles = function.arn.split(":")[4], function.role_arn.split(":")[4]
    if own != roles:
        return Found(f"the function is in {own}, and its role in {roles}", "function configuration /Role")
    return RuledOut("the execution role is in the function's account")


def is_not_trusted_to_lambda(inquiry: Inquiry) -> Finding:
    """F23: the execution role does not trust lambda.amazonaws.com."""
    role = inquiry.execution_role
    if not isinstance(role, Role) or isinstance(role.trust, NotRead) or not isinstance(inquiry.function, Function):
        return RuledOut("the text does not speak of it")
    if any(LAMBDA in each.principals("Service") for each in statements(role.trust) if each.allows):
        return RuledOut("the execution role trusts Lambda")
    return Found(f"{role.name} does not trust {LAMBDA}", f"trust policy of role {role.name}")


def is_short_of_time(inquiry: Inquiry) -> Finding:
    """F53: the function's timeout is short, or it can't reach what it calls."""
    if "Task timed out" not in inquiry.parsed.plain:
        return RuledOut("nothing timed out")
    function = inquiry.function
    if isinstance(function, Function) and isinstance(function.timeout, int) and function.timeout >= SHORT:
        return Open(f"{function.timeout} seconds were not enough: see F25")
    return Found("the function's time ran out", "the text", grade=Grade.REPORTED)


TESTS = (
    ("F24", takes_a_role_of_another_account),
    ("F53", is_short_of_time),
    ("F23", is_not_trusted_to_lambda),
)
