"""Who asks, and for which role: before any policy is read."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from crossgrant.doctor.cause import Finding, Fix, Found, Grade, Open, RuledOut, Side, Target
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.statements import ROLE, SESSION, statements, texts
from crossgrant.evidence import Function, NotRead, Role

CLOSE = 0.6
"""How alike two ARNs are of which one was probably meant: an account id is a fifth of an ARN."""


def is_asked_of_one_account(inquiry: Inquiry) -> Finding:
    """F63: both sides' evidence is of one account."""
    caller, owner = inquiry.caller.account_id, inquiry.owner.account_id
    if isinstance(caller, str) and caller == owner:
        return Found(f"both sides are account {caller}", "sts:GetCallerIdentity of both profiles")
    return RuledOut("the sides are two accounts, or one side only was given")


def is_no_session_of_a_role(inquiry: Inquiry) -> Finding:
    """F29: a user calls, not the function."""
    principal = inquiry.parsed.principal
    if principal and ":user/" in principal and inquiry.hop is not Hop.OTHER:
        return Found(
            f"{principal} is a user; a function calls as a session of its execution role",
            "the text's principal",
            grade=Grade.REPORTED,
        )
    return RuledOut("a role's session calls")


def assumes_itself(inquiry: Inquiry) -> Finding:
    """F72: the session's role is the role that is asked for."""
    session, role = SESSION.match(inquiry.parsed.principal or ""), ROLE.match(inquiry.role_arn or "")
    if (
        inquiry.hop is Hop.ASSUME
        and session
        and role
        and (session["account"], session["role"]) == (role["account"], role["name"])
    ):
        return Found(
            f"a session of {role['name']} asks for {role['name']}",
            "the text's principal and resource",
            grade=Grade.REPORTED,
        )
    return RuledOut("another role is asked for")


def does_not_exist(inquiry: Inquiry) -> Finding:
    """F03: there is no role of exactly this ARN."""
    if inquiry.hop is not Hop.ASSUME or inquiry.role_arn is None:
        return RuledOut("no role is assumed in this call")
    asked = ROLE.match(inquiry.role_arn)
    if asked is None:
        return Found(f"`{inquiry.role_arn}` is no role's ARN", "the text's resource")
    if inquiry.owner_id and asked["account"] != inquiry.owner_id and asked["account"] != inquiry.caller_id:
        return _wrong_arn(inquiry, f"account {asked['account']} is asked, and the owner is {inquiry.owner_id}")
    role = inquiry.role
    if isinstance(role, Role):
        return RuledOut("the role exists")
    if isinstance(role, NotRead):
        return Open("whether the role exists was not read", (role,))
    return _wrong_arn(inquiry, f"account {asked['account']} has no role `{inquiry.role_arn.partition(':role/')[2]}`")


def _wrong_arn(inquiry: Inquiry, why: str) -> Found:
    """Return the finding, with the ARN that was probably meant and where the function has the wrong one."""
    asked = inquiry.role_arn or ""
    meant = nearest_role(inquiry)
    if meant is None or meant == asked:
        side, name = Side.OWNER, asked.rpartition("/")[2]
        return Found(
            f"{why}; the owner's side is not deployed",
            side=side,
            fix=Fix(Target(side, "role", name), (), "make the role"),
        )
    function = inquiry.function
    variable = next((name for name, value in inquiry.environment.items() if value == asked), None)
    text = f"ask for {meant}"
    if isinstance(function, Function) and variable:
        patch = {"op": "replace", "path": f"/Environment/Variables/{variable}", "value": meant}
        return Found(
            f"{why}; {meant} is there",
            f"environment variable {variable}",
            fix=Fix(Target(Side.CALLER, "function", function.arn), (patch,), text),
        )
    fix = Fix(Target(Side.CALLER, "session", inquiry.execution_role_name or ""), (), text)
    return Found(f"{why}; {meant} is there", "the call's RoleArn", fix=fix)


def nearest_role(inquiry: Inquiry) -> str | None:
    """Return the role that was probably meant: the grant's, one that the caller's policy names, or one of the owner."""
    if inquiry.expected and inquiry.expected.role_arn:
        return inquiry.expected.role_arn
    known = {role.arn for role in inquiry.owner.roles.found.values()}
    named = [arn for arn in roles_that_may_be_assumed(inquiry) if arn in known or not known]
    every = (*named, *sorted(known))
    close = difflib.get_close_matches((inquiry.role_arn or "").lower(), [each.lower() for each in every], 1, CLOSE)
    return next((each for each in every if close and each.lower() == close[0]), None)


def roles_that_may_be_assumed(inquiry: Inquiry) -> Iterator[str]:
    """Yield the exact role ARNs for which the execution role's policies allow sts:AssumeRole."""
    role = inquiry.execution_role
    if not isinstance(role, Role) or isinstance(role.policies, NotRead):
        return
    for policy in role.policies:
        if isinstance(policy.document, NotRead):
            continue
        for statement in statements(policy.document):
            actions = [each.lower() for each in texts(statement.body.get("Action"))]
            if statement.allows and any(each in ("sts:assumerole", "sts:*", "*", "sts:assume*") for each in actions):
                yield from (
                    each for each in texts(statement.body.get("Resource")) if ROLE.match(each) and "*" not in each
                )


TESTS = (
    ("F63", is_asked_of_one_account),
    ("F29", is_no_session_of_a_role),
    ("F72", assumes_itself),
    ("F03", does_not_exist),
)
