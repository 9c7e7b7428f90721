"""Users and roles: create, get, list, update, delete, tag.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crossgrant.local.accounts import Accounts
from crossgrant.local.identifiers import new_unique_id
from crossgrant.local.operation import Access, Call, Operation, Output, ServiceError
from crossgrant.local.services.iam_ import pages, principal_rows
from crossgrant.local.services.iam_.documents import pinned_trust, shown
from crossgrant.local.services.iam_.identities import tags_of
from crossgrant.local.services.iam_.needs import NAME_MEMBER, calling_user, on_account, on_principal
from crossgrant.local.services.iam_.pinning import unpin
from crossgrant.local.services.iam_.principal_rows import Kind, PrincipalRow
from crossgrant.local.services.iam_.tags import add_tags, checked_tags, remove_tags

_UNIQUE_ID_PREFIX: dict[Kind, str] = {"user": "AIDA", "role": "AROA"}
_DEFAULT_SESSION = 3600


def named(call: Call, kind: Kind) -> PrincipalRow:
    """Return the user or role that the input names; for a user, the caller where none is named.

    Raises:
        ServiceError: NoSuchEntity; ValidationError where nobody is named and the caller is no user.

    """
    name = call.input.get(NAME_MEMBER[kind])
    if name:
        return principal_rows.existing(call.accounts.database, kind, call.account_id, name)
    row = calling_user(call)
    if row is None:
        raise ServiceError("ValidationError", "Must specify userName when calling with non-User credentials")
    return row


def described(accounts: Accounts, row: PrincipalRow) -> dict[str, Any]:
    """Return a user or role as IAM shows it."""
    output: dict[str, Any] = {
        f"{row.kind.title()}Name": row.name,
        f"{row.kind.title()}Id": row.id,
        "Arn": row.arn,
        "Path": row.path,
        "CreateDate": row.created,
    }
    if row.trust is not None:
        output["AssumeRolePolicyDocument"] = shown(unpin(accounts, row.trust))
        output["MaxSessionDuration"] = row.max_session
        if row.last_used is not None:
            output["RoleLastUsed"] = {"LastUsedDate": row.last_used, "Region": row.last_used_region}
    if row.description:
        output["Description"] = row.description
    tags = tags_of(accounts.database, row.id)
    if tags:
        output["Tags"] = [{"Key": key, "Value": value} for key, value in tags]
    return output


def _create(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        tags = checked_tags(values.get("Tags", []))
        trust = pinned_trust(call.accounts, values["AssumeRolePolicyDocument"]) if kind == "role" else None
        row = PrincipalRow(
            id=new_unique_id(_UNIQUE_ID_PREFIX[kind]),
            kind=kind,
            account=call.account_id,
            name=values[NAME_MEMBER[kind]],
            path=values.get("Path", "/"),
            created=call.now,
            description=values.get("Description"),
            trust=trust,
            max_session=values.get("MaxSessionDuration", _DEFAULT_SESSION) if kind == "role" else None,
        )
        principal_rows.insert(call.accounts.database, row)
        add_tags(call.accounts.database, row.id, tags)
        return {kind.title(): described(call.accounts, row)}

    return serve


def _get(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    return lambda call, _: {kind.title(): described(call.accounts, named(call, kind))}


def _list(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        rows = principal_rows.listed(call.accounts.database, kind, call.account_id, values.get("PathPrefix", "/"))
        output = pages.page(f"{kind.title()}s", rows, values)
        # Lists leave the tags and the last use out: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
        shorter = [described(call.accounts, row) for row in output[f"{kind.title()}s"]]
        for entry in shorter:
            entry.pop("Tags", None)
            entry.pop("RoleLastUsed", None)
        return {**output, f"{kind.title()}s": shorter}

    return serve


def _delete(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, _: dict[str, Any]) -> Output:
        principal_rows.delete(call.accounts.database, named(call, kind))
        return {}

    return serve


def _update_role(call: Call, values: dict[str, Any]) -> Output:
    row = named(call, "role")
    call.accounts.database.execute(
        "UPDATE iam_principals SET description = ?, max_session = ? WHERE id = ?",
        (values.get("Description", row.description), values.get("MaxSessionDuration", row.max_session), row.id),
    )
    return {}


def _update_trust(call: Call, values: dict[str, Any]) -> Output:
    row = named(call, "role")
    trust = pinned_trust(call.accounts, values["PolicyDocument"])
    call.accounts.database.execute("UPDATE iam_principals SET trust = ? WHERE id = ?", (trust, row.id))
    return {}


def _tag(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        add_tags(call.accounts.database, named(call, kind).id, checked_tags(values["Tags"]))
        return {}

    return serve


def _untag(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        remove_tags(call.accounts.database, named(call, kind).id, values["TagKeys"])
        return {}

    return serve


def _list_tags(kind: Kind) -> Callable[[Call, dict[str, Any]], Output]:
    def serve(call: Call, values: dict[str, Any]) -> Output:
        tags = tags_of(call.accounts.database, named(call, kind).id)
        return pages.page("Tags", [{"Key": key, "Value": value} for key, value in tags], values)

    return serve


def _operations(kind: Kind) -> tuple[Operation[dict[str, Any]], ...]:
    title, name, on = kind.title(), NAME_MEMBER[kind], on_principal(kind)
    created = {name, "Path", "Tags"} | (
        {"AssumeRolePolicyDocument", "Description", "MaxSessionDuration"} if kind == "role" else set()
    )
    tables = (
        (f"Create{title}", created, on, _create(kind), Access.WRITES),
        (f"Get{title}", {name}, on, _get(kind), Access.READS),
        (f"List{title}s", {"PathPrefix", *pages.PARAMETERS}, on_account, _list(kind), Access.READS),
        (f"Delete{title}", {name}, on, _delete(kind), Access.WRITES),
        (f"Tag{title}", {name, "Tags"}, on, _tag(kind), Access.WRITES),
        (f"Untag{title}", {name, "TagKeys"}, on, _untag(kind), Access.WRITES),
        (f"List{title}Tags", {name, *pages.PARAMETERS}, on, _list_tags(kind), Access.READS),
    )
    return tuple(
        Operation(operation, frozenset(parameters), lambda call: call.input, needs, serve, access)
        for operation, parameters, needs, serve, access in tables
    )


OPERATIONS = (
    *_operations("user"),
    *_operations("role"),
    Operation(
        "UpdateRole",
        frozenset({"RoleName", "Description", "MaxSessionDuration"}),
        lambda call: call.input,
        on_principal("role"),
        _update_role,
    ),
    Operation(
        "UpdateAssumeRolePolicy",
        frozenset({"RoleName", "PolicyDocument"}),
        lambda call: call.input,
        on_principal("role"),
        _update_trust,
    ),
)
