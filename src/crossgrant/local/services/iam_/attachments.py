"""Managed policies attached to users and roles.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crossgrant.local.operation import Access, Call, Operation, Output, ServiceError
from crossgrant.local.services.iam_ import pages
from crossgrant.local.services.iam_.managed_policies import policy_exists
from crossgrant.local.services.iam_.needs import NAME_MEMBER, on_policy, on_principal
from crossgrant.local.services.iam_.principal_rows import Kind, find_by_id
from crossgrant.local.services.iam_.principals import named
from crossgrant.local.state import Database


def attached_policies(database: Database, principal_id: str) -> list[dict[str, str]]:
    """Return the policies attached to the principal with the unique ID, as IAM lists them."""
    rows = database.all(
        "SELECT policy_arn FROM iam_attachments WHERE principal_id = ? ORDER BY policy_arn", (principal_id,)
    )
    return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for (arn,) in rows]


def _attach(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        row, arn = named(call, kind), values["PolicyArn"]
        if not policy_exists(call.accounts.database, arn, call.account_id):
            raise ServiceError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)
        call.accounts.database.execute("INSERT OR IGNORE INTO iam_attachments VALUES (?, ?)", (row.id, arn))
        return {}

    return serve


def _detach(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        deleted = call.accounts.database.execute(
            "DELETE FROM iam_attachments WHERE principal_id = ? AND policy_arn = ?",
            (named(call, kind).id, values["PolicyArn"]),
        )
        if deleted.rowcount == 0:
            raise ServiceError("NoSuchEntity", f"Policy {values['PolicyArn']} was not found.", 404)
        return {}

    return serve


def _list(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        attached = attached_policies(call.accounts.database, named(call, kind).id)
        return pages.page("AttachedPolicies", attached, values)

    return serve


def _list_entities(call: Call, values: dict[str, Any]) -> Output:
    rows = call.accounts.database.all(
        "SELECT principal_id FROM iam_attachments WHERE policy_arn = ?", (values["PolicyArn"],)
    )
    found = [row for (each,) in rows if (row := find_by_id(call.accounts.database, each)) is not None]
    mine = [row for row in found if row.account == call.account_id]
    return {
        "PolicyUsers": [{"UserName": row.name, "UserId": row.id} for row in mine if row.kind == "user"],
        "PolicyRoles": [{"RoleName": row.name, "RoleId": row.id} for row in mine if row.kind == "role"],
        "PolicyGroups": [],
        "IsTruncated": False,
    }


def _operations(kind: Kind) -> tuple[Operation[dict[str, Any]], ...]:
    title, name = kind.title(), NAME_MEMBER[kind]
    table = (
        (f"Attach{title}Policy", {name, "PolicyArn"}, _attach(kind), Access.WRITES),
        (f"Detach{title}Policy", {name, "PolicyArn"}, _detach(kind), Access.WRITES),
        (f"ListAttached{title}Policies", {name, *pages.PARAMETERS}, _list(kind), Access.READS),
    )
    return tuple(
        Operation(operation, frozenset(parameters), lambda call: call.input, on_principal(kind), serve, access)
        for operation, parameters, serve, access in table
    )


OPERATIONS = (
    *_operations("user"),
    *_operations("role"),
    Operation(
        "ListEntitiesForPolicy",
        frozenset({"PolicyArn"}),
        lambda call: call.input,
        on_policy,
        _list_entities,
        Access.READS,
    ),
)
