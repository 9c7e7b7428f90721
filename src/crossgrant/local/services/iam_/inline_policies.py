"""Inline policies of users and roles.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crossgrant.iam import PolicyKind
from crossgrant.local.operation import Access, Call, Operation, Output, ServiceError
from crossgrant.local.services.iam_ import pages
from crossgrant.local.services.iam_.documents import INLINE_SIZES, checked, shown, size
from crossgrant.local.services.iam_.needs import NAME_MEMBER, on_principal
from crossgrant.local.services.iam_.principal_rows import Kind
from crossgrant.local.services.iam_.principals import named


def _put(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        database, row = call.accounts.database, named(call, kind)
        document = checked(values["PolicyDocument"], PolicyKind.IDENTITY_BASED)
        database.execute(
            "INSERT OR REPLACE INTO iam_inline_policies VALUES (?, ?, ?)", (row.id, values["PolicyName"], document)
        )
        documents = database.all("SELECT document FROM iam_inline_policies WHERE principal_id = ?", (row.id,))
        if sum(size(each) for (each,) in documents) > INLINE_SIZES[kind]:
            text = f"Maximum policy size of {INLINE_SIZES[kind]} bytes exceeded for {kind} {row.name}"
            raise ServiceError("LimitExceeded", text, 409)
        return {}

    return serve


def _get(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        row, name = named(call, kind), values["PolicyName"]
        found = call.accounts.database.one(
            "SELECT document FROM iam_inline_policies WHERE principal_id = ? AND name = ?", (row.id, name)
        )
        if found is None:
            raise _missing(kind, name)
        return {NAME_MEMBER[kind]: row.name, "PolicyName": name, "PolicyDocument": shown(found[0])}

    return serve


def _delete(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        row, name = named(call, kind), values["PolicyName"]
        deleted = call.accounts.database.execute(
            "DELETE FROM iam_inline_policies WHERE principal_id = ? AND name = ?", (row.id, name)
        )
        if deleted.rowcount == 0:
            raise _missing(kind, name)
        return {}

    return serve


def _list(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        rows = call.accounts.database.all(
            "SELECT name FROM iam_inline_policies WHERE principal_id = ? ORDER BY name", (named(call, kind).id,)
        )
        return pages.page("PolicyNames", [name for (name,) in rows], values)

    return serve


def _missing(kind: Kind, name: str) -> ServiceError:
    return ServiceError("NoSuchEntity", f"The {kind} policy with name {name} cannot be found.", 404)


def _operations(kind: Kind) -> tuple[Operation[dict[str, Any]], ...]:
    title, name = kind.title(), NAME_MEMBER[kind]
    table = (
        (f"Put{title}Policy", {name, "PolicyName", "PolicyDocument"}, _put(kind), Access.WRITES),
        (f"Get{title}Policy", {name, "PolicyName"}, _get(kind), Access.READS),
        (f"Delete{title}Policy", {name, "PolicyName"}, _delete(kind), Access.WRITES),
        (f"List{title}Policies", {name, *pages.PARAMETERS}, _list(kind), Access.READS),
    )
    return tuple(
        Operation(operation, frozenset(parameters), lambda call: call.input, on_principal(kind), serve, access)
        for operation, parameters, serve, access in table
    )


OPERATIONS = (*_operations("user"), *_operations("role"))
