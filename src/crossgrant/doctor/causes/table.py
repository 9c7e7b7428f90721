"""The table, and who reads it with whose credentials."""

from __future__ import annotations

import difflib

from crossgrant.doctor.cause import Finding, Fix, Found, Open, RuledOut, Side, Target
from crossgrant.doctor.causes.identity import allowing, silent_policy
from crossgrant.doctor.causes.trust_policy import execution_role_arn
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.statements import add_statement, statements, texts
from crossgrant.evidence import Function, NotRead, Role, Table
from crossgrant.iam import Decision, Layer

NO_ENVIRONMENT = NotRead("the function's environment was not read")
NOT_FOUND = "ResourceNotFoundException"
GRANT_NOT_GIVEN = NotRead("the grant file or the function's environment was not given")


def reads_with_own_credentials(inquiry: Inquiry) -> Finding:
    """F30: the function's session reads a table of its own account, though the grant's is the owner's."""
    parsed = inquiry.parsed
    principal, resource = parsed.principal_account, parsed.resource_account
    if not inquiry.action.startswith("dynamodb:") or not principal or principal != resource:
        return RuledOut("the session and the table are not both the caller's")
    if inquiry.hop is Hop.OWN_TABLE:
        if inquiry.assumes_a_role is None:
            return Open("whether the function assumes a role was not read", (NO_ENVIRONMENT,))
        if not inquiry.assumes_a_role:
            return RuledOut("the function assumes no role")
        return Found(
            f"the session and the table are both of account {principal}, the caller's",
            "the text's principal and resource",
        )
    if inquiry.owner_id is None and inquiry.caller_id is None:
        return Open(
            "which of the accounts is the caller's is not known", (NotRead("the accounts' evidence was not given"),)
        )
    return RuledOut("the owner's session reads")


def is_not_there(inquiry: Inquiry) -> Finding:
    """F32: the account has no table of that name in that Region."""
    if inquiry.hop not in (Hop.READ, Hop.DIRECT):
        return RuledOut("no table is read in this call")
    table, arn = inquiry.table, inquiry.table_arn
    if inquiry.parsed.code == NOT_FOUND:
        return _asked_elsewhere(inquiry)
    if isinstance(table, Table) or arn is None:
        return RuledOut("the table exists")
    if isinstance(table, NotRead):
        return Open("whether the table exists was not read", (table,))
    return _wrong_name(inquiry, arn)


def _wrong_name(inquiry: Inquiry, arn: str) -> Found:
    meant = inquiry.expected.table_arn if inquiry.expected else _nearest_table(inquiry, arn)
    if meant == arn:
        return Found(f"{arn} does not exist", "dynamodb:DescribeTable", side=Side.OWNER)
    asked, function = arn.rpartition("/")[2], inquiry.function
    variable = next((name for name, value in inquiry.environment.items() if value in (asked, arn)), None)
    why = f"{arn} does not exist" + (f"; {meant} does" if meant else "")
    if isinstance(function, Function) and variable and meant:
        value = meant if inquiry.environment[variable] == arn else meant.rpartition("/")[2]
        patch = {"op": "replace", "path": f"/Environment/Variables/{variable}", "value": value}
        return Found(
            why,
            f"environment variable {variable}",
            fix=Fix(Target(Side.CALLER, "function", function.arn), (patch,), f"read {value}"),
        )
    return Found(
        why,
        "the call's TableName",
        fix=Fix(Target(Side.CALLER, "session", asked), (), f"read {meant}" if meant else "correct the name"),
    )


def _nearest_table(inquiry: Inquiry, arn: str) -> str | None:
    """Return the table that was probably meant: one that the owner's role is granted, or one of the owner's."""
    known = [each.arn for each in inquiry.owner.tables.found.values()]
    role = inquiry.role
    policies = role.policies if isinstance(role, Role) and not isinstance(role.policies, NotRead) else ()
    for policy in policies:
        if not isinstance(policy.document, NotRead):
            resources = (
                each for statement in statements(policy.document) for each in texts(statement.body.get("Resource"))
            )
            known += [each for each in resources if ":table/" in each and "*" not in each and "/index/" not in each]
    return next(iter(difflib.get_close_matches(arn, known, 1, 0.8)), None)


def _asked_elsewhere(inquiry: Inquiry) -> Finding:
    """Read where the function looks: the text of ResourceNotFoundException names no table."""
    named = {name: value for name, value in inquiry.environment.items() if "TABLE" in name.upper()}
    if not named or inquiry.expected is None:
        return Open("which table and Region the function asks for is not in the text", (GRANT_NOT_GIVEN,))
    expected = inquiry.expected
    for value in named.values():
        if expected.role_arn and value not in (expected.table_arn, expected.table_arn.rpartition("/")[2]):
            return _wrong_name(
                inquiry, value if value.startswith("arn:") else expected.table_arn.rpartition("/")[0] + "/" + value
            )
        if not expected.role_arn and not value.startswith("arn:"):
            return RuledOut("the bare name means the caller's own table")
    if inquiry.table is None:
        return Found(f"{expected.table_arn} does not exist", "dynamodb:DescribeTable", side=Side.OWNER)
    return Found("the function looks in another Region, or with its own credentials", "the call's client")


def means_its_own_table(inquiry: Inquiry) -> Finding:
    """F42: with a table policy, a bare name is a table of the caller's own account."""
    if inquiry.hop is Hop.OWN_TABLE:
        return _own_table_by_name(inquiry)
    if inquiry.expected is None:
        if inquiry.parsed.code == NOT_FOUND:
            return Open("whether the table is read by its own policy is not known", (GRANT_NOT_GIVEN,))
        return RuledOut("the table was found")
    if inquiry.expected.role_arn is not None:
        return RuledOut("the table is read through a role of the owner")
    return _given_by_name(inquiry, inquiry.expected.table_arn)


def _own_table_by_name(inquiry: Inquiry) -> Finding:
    """Return whether a function that assumes no role reads a table of its own account."""
    if inquiry.assumes_a_role is None:
        return Open("whether the function assumes a role was not read", (NO_ENVIRONMENT,))
    if inquiry.assumes_a_role:
        return RuledOut("the function assumes a role")
    arn = inquiry.parsed.resource or ""
    owner = inquiry.owner_id or "OWNER"
    return _given_by_name(inquiry, ":".join([*arn.split(":")[:4], owner, *arn.split(":")[5:]]))


def _given_by_name(inquiry: Inquiry, table_arn: str) -> Finding:
    function = inquiry.function
    for name, value in inquiry.environment.items():
        if value == table_arn.rpartition("/")[2] and isinstance(function, Function):
            patch = {"op": "replace", "path": f"/Environment/Variables/{name}", "value": table_arn}
            fix = Fix(Target(Side.CALLER, "function", function.arn), (patch,), "pass the table's ARN")
            return Found(f"`{value}` is a table of the caller's own account", f"environment variable {name}", fix=fix)
    return RuledOut("the function is given the table's ARN")


def lacks_one_side(inquiry: Inquiry) -> Finding:
    """F45: without a role, the table's policy and the execution role's policy must both allow."""
    hop = inquiry.direct
    if inquiry.hop is not Hop.DIRECT or hop is None:
        return RuledOut("the call does not cross accounts by itself")
    sides = ((Layer.PRINCIPAL, Side.CALLER), (Layer.RESOURCE, Side.OWNER))
    missing = [
        side for layer, side in sides if hop.alone(layer).decision in (Decision.IMPLICIT_DENY, Decision.EXPLICIT_DENY)
    ]
    unread = tuple(hop.unread[layer] for layer, _ in sides if layer in hop.unread)
    if not missing:
        return Open("one side was not read", unread) if unread else RuledOut("both sides allow it")
    side = Side.BOTH if len(missing) > 1 else missing[0]
    what = {
        Side.CALLER: "the execution role's policies do not allow it",
        Side.OWNER: "the table's policy does not allow it",
    }
    return Found(" and ".join(what[each] for each in missing), side=side, fix=_one_side(inquiry, missing[0]))


def _one_side(inquiry: Inquiry, side: Side) -> Fix | None:
    hop, role, table = inquiry.direct, inquiry.execution_role, inquiry.table
    assert hop
    if side is Side.CALLER and isinstance(role, Role):
        finding = silent_policy(hop, role, side, inquiry.action, hop.request.resource)
        return (
            finding.fix
            if isinstance(finding, Found | Open)
            else allowing(side, role, inquiry.action, hop.request.resource)
        )
    if side is Side.OWNER and isinstance(table, Table) and not isinstance(table.policy, NotRead):
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": execution_role_arn(inquiry)},
            "Action": inquiry.action,
            "Resource": hop.request.resource,
        }
        whole = {"op": "add", "path": "", "value": {"Version": "2012-10-17", "Statement": [statement]}}
        patch = add_statement(table.policy, statement) if table.policy else (whole,)
        return Fix(
            Target(side, "table-policy", table.arn),
            patch,
            f"allow {inquiry.action} to the execution role in the table's policy",
        )
    return None


TESTS = (
    ("F30", reads_with_own_credentials),
    ("F42", means_its_own_table),
    ("F32", is_not_there),
    ("F45", lacks_one_side),
)
