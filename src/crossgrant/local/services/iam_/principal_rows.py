"""Users and roles as they are stored: reading, finding, and AWS's errors about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from crossgrant.local.operation import ServiceError
from crossgrant.local.state import Database

Kind = Literal["user", "role"]

_COLUMNS = "id, kind, account, name, path, created, description, trust, max_session, last_used, last_used_region"


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    """A user or a role. `trust` is the stored trust policy, its principals pinned; times in epoch seconds."""

    id: str
    kind: Kind
    account: str
    name: str
    path: str
    created: float
    description: str | None = None
    trust: str | None = None
    max_session: int | None = None
    last_used: float | None = None
    last_used_region: str | None = None

    @property
    def arn(self) -> str:
        """The principal's ARN, with its path."""
        return principal_arn(self.account, self.kind, self.path, self.name)


def principal_arn(account: str, kind: str, path: str, name: str) -> str:
    """Return an IAM ARN: `arn:aws:iam::111111111111:role/service-role/reader`."""
    return f"arn:aws:iam::{account}:{kind}{path}{name}"


def find(database: Database, kind: Kind, account: str, name: str) -> PrincipalRow | None:
    """Return the user or role of that name; names differ by more than their case."""
    row = database.one(
        f"SELECT {_COLUMNS} FROM iam_principals WHERE kind = ? AND account = ? AND name = ?",  # noqa: S608 - a constant
        (kind, account, name),
    )
    return None if row is None else PrincipalRow(*row)


def find_by_id(database: Database, unique_id: str) -> PrincipalRow | None:
    """Return the principal with the unique ID (AIDA…, AROA…)."""
    row = database.one(
        f"SELECT {_COLUMNS} FROM iam_principals WHERE id = ?",  # noqa: S608 - a constant
        (unique_id,),
    )
    return None if row is None else PrincipalRow(*row)


def find_by_arn(database: Database, arn: str) -> PrincipalRow | None:
    """Return the user or role with exactly that ARN, path and case included."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "iam":  # noqa: PLR2004 - an ARN has six parts
        return None
    kind, _, rest = parts[5].partition("/")
    if kind not in ("user", "role"):
        return None
    row = find(database, "user" if kind == "user" else "role", parts[4], rest.rpartition("/")[2])
    return row if row is not None and row.arn == arn else None


def listed(database: Database, kind: Kind, account: str, path_prefix: str) -> list[PrincipalRow]:
    """Return the account's users or roles whose path starts with the prefix, by name."""
    rows = database.all(
        f"SELECT {_COLUMNS} FROM iam_principals WHERE kind = ? AND account = ? AND substr(path, 1, ?) = ?"  # noqa: S608 - a constant
        " ORDER BY name",
        (kind, account, len(path_prefix), path_prefix),
    )
    return [PrincipalRow(*row) for row in rows]


def existing(database: Database, kind: Kind, account: str, name: str) -> PrincipalRow:
    """Return the user or role of that name.

    Raises:
        ServiceError: NoSuchEntity, in AWS's words.

    """
    row = find(database, kind, account, name)
    if row is None:
        raise ServiceError("NoSuchEntity", f"The {kind} with name {name} cannot be found.", 404)
    return row


def insert(database: Database, row: PrincipalRow) -> None:
    """Store a new user or role.

    Raises:
        ServiceError: EntityAlreadyExists, in AWS's words (confirmed.md C9).

    """
    if find(database, row.kind, row.account, row.name) is not None:
        raise ServiceError("EntityAlreadyExists", f"{row.kind.title()} with name {row.name} already exists.", 409)
    values: tuple[Any, ...] = (
        row.id, row.kind, row.account, row.name, row.path, row.created,
        row.description, row.trust, row.max_session, row.last_used, row.last_used_region,
    )  # fmt: skip
    database.execute(
        f"INSERT INTO iam_principals ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
        values,
    )


def delete(database: Database, row: PrincipalRow) -> None:
    """Remove a user or role that nothing belongs to any more.

    Raises:
        ServiceError: DeleteConflict: policies or keys are still there.
        https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html

    """
    if database.one("SELECT 1 FROM iam_attachments WHERE principal_id = ?", (row.id,)):
        raise ServiceError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
    if database.one("SELECT 1 FROM iam_inline_policies WHERE principal_id = ?", (row.id,)):
        raise ServiceError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
    if database.one("SELECT 1 FROM iam_access_keys WHERE user_id = ?", (row.id,)):
        raise ServiceError("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409)
    database.execute("DELETE FROM iam_tags WHERE owner = ?", (row.id,))
    database.execute("DELETE FROM iam_principals WHERE id = ?", (row.id,))
