"""Access keys of users: two at most, active or not.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
"""

from __future__ import annotations

import secrets
from typing import Any

from crossgrant.local.identifiers import new_access_key_id
from crossgrant.local.operation import Access, Call, Operation, Output, ServiceError
from crossgrant.local.services.iam_ import pages
from crossgrant.local.services.iam_.needs import on_principal
from crossgrant.local.services.iam_.principals import named
from crossgrant.local.state import Database

MOST_KEYS = 2


def new_access_key() -> tuple[str, str]:
    """Return a new access key id and its secret."""
    return new_access_key_id("AKIA"), secrets.token_urlsafe(30)


def insert_access_key(database: Database, user_id: str, access_key_id: str, secret: str, now: float) -> None:
    """Store an active key of the user."""
    database.execute("INSERT INTO iam_access_keys VALUES (?, ?, ?, 'Active', ?)", (access_key_id, user_id, secret, now))


def _create(call: Call, _: dict[str, Any]) -> Output:
    database, user = call.accounts.database, named(call, "user")
    held = database.all("SELECT id FROM iam_access_keys WHERE user_id = ?", (user.id,))
    if len(held) >= MOST_KEYS:
        raise ServiceError("LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}", 409)
    access_key_id, secret = new_access_key()
    insert_access_key(database, user.id, access_key_id, secret, call.now)
    key = {"UserName": user.name, "AccessKeyId": access_key_id, "Status": "Active", "CreateDate": call.now}
    return {"AccessKey": {**key, "SecretAccessKey": secret}}


def _list(call: Call, values: dict[str, Any]) -> Output:
    user = named(call, "user")
    rows = call.accounts.database.all(
        "SELECT id, status, created FROM iam_access_keys WHERE user_id = ? ORDER BY created, id", (user.id,)
    )
    keys = [
        {"UserName": user.name, "AccessKeyId": key, "Status": status, "CreateDate": created}
        for key, status, created in rows
    ]
    return pages.page("AccessKeyMetadata", keys, values)


def _update(call: Call, values: dict[str, Any]) -> Output:
    changed = call.accounts.database.execute(
        "UPDATE iam_access_keys SET status = ? WHERE id = ? AND user_id = ?",
        (values["Status"], values["AccessKeyId"], named(call, "user").id),
    )
    return _found(changed.rowcount, values)


def _delete(call: Call, values: dict[str, Any]) -> Output:
    deleted = call.accounts.database.execute(
        "DELETE FROM iam_access_keys WHERE id = ? AND user_id = ?", (values["AccessKeyId"], named(call, "user").id)
    )
    return _found(deleted.rowcount, values)


def _found(count: int, values: dict[str, Any]) -> Output:
    if count == 0:
        raise ServiceError("NoSuchEntity", f"The Access Key with id {values['AccessKeyId']} cannot be found.", 404)
    return {}


OPERATIONS = tuple(
    Operation(name, frozenset({"UserName", *parameters}), lambda call: call.input, on_principal("user"), serve, access)
    for name, parameters, serve, access in (
        ("CreateAccessKey", (), _create, Access.WRITES),
        ("ListAccessKeys", pages.PARAMETERS, _list, Access.READS),
        ("UpdateAccessKey", ("AccessKeyId", "Status"), _update, Access.WRITES),
        ("DeleteAccessKey", ("AccessKeyId",), _delete, Access.WRITES),
    )
)
