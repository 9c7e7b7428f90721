"""Who runs a gateway: an ordinary user with AdministratorAccess in each account, and extra keys from a file."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from crossgrant.errors import CrossgrantError
from crossgrant.local.accounts import Accounts
from crossgrant.local.identifiers import new_unique_id
from crossgrant.local.services.iam_.access_keys import insert_access_key, new_access_key
from crossgrant.local.services.iam_.principal_rows import PrincipalRow, find, insert

OPERATOR = "crossgrant-operator"
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_MEMBERS = ("account", "user", "access_key_id", "secret_access_key")


@dataclass(frozen=True, slots=True)
class ProfileKey:
    """The key of one account's operator profile. Never printed."""

    account_id: str
    access_key_id: str
    secret_access_key: str

    def __repr__(self) -> str:
        """Hide the secret."""
        return f"ProfileKey({self.access_key_id})"


class CredentialsFileError(CrossgrantError):
    """A `--credentials` file that can't be used."""


def new_operator_keys(accounts: Accounts) -> dict[str, ProfileKey]:
    """Return a new key for each account's operator, by account name."""
    return {name: ProfileKey(account_id, *new_access_key()) for name, account_id in accounts.names.items()}


def install_operators(accounts: Accounts) -> None:
    """Give each account its operator with the key of `accounts.operators`; keys that an operator had before end."""
    database = accounts.database
    for key in accounts.operators.values():
        operator = _user(accounts, key.account_id, OPERATOR, "/crossgrant/")
        database.execute("DELETE FROM iam_access_keys WHERE user_id = ?", (operator.id,))
        database.execute("INSERT OR IGNORE INTO iam_attachments VALUES (?, ?)", (operator.id, _ADMINISTRATOR))
        insert_access_key(database, operator.id, key.access_key_id, key.secret_access_key, accounts.clock())


def register_keys(accounts: Accounts, path: Path) -> None:
    """Register the keys of a `--credentials` file; a missing user is made, without policies.

    Raises:
        CredentialsFileError: the file may be read by others, is no JSON list, or an entry is wrong.

    """
    for number, entry in enumerate(_entries(path)):
        where = f"`{path}`, entry {number}"
        account, user_name, key_id, secret = _members(entry, where)
        account_id = accounts.names.get(account, account)
        if not accounts.embedded(account_id):
            raise CredentialsFileError(f"{where}: `{account}` is no embedded account", help="name it with --accounts")
        user = _user(accounts, account_id, user_name, "/")
        held = accounts.database.one("SELECT user_id, secret FROM iam_access_keys WHERE id = ?", (key_id,))
        if held is not None and held != (user.id, secret):
            raise CredentialsFileError(f"{where}: `{key_id}` is already another key")
        if held is None:
            insert_access_key(accounts.database, user.id, key_id, secret, accounts.clock())


def _members(entry: object, where: str) -> tuple[str, ...]:
    if isinstance(entry, dict) and set(entry) == set(_MEMBERS):
        values = tuple(entry[member] for member in _MEMBERS)
        if all(isinstance(value, str) and value for value in values):
            return values
    raise CredentialsFileError(f"{where}: expected an object of strings with the members {', '.join(_MEMBERS)}")


def _entries(path: Path) -> list[object]:
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise CredentialsFileError(f"`{path}` may be read by others", help=f"chmod 600 {path}")
        entries = json.loads(path.read_bytes())
    except OSError as error:
        raise CredentialsFileError(f"`{path}` can't be read: {error.strerror}") from None
    except ValueError as error:
        raise CredentialsFileError(f"`{path}` is no JSON: {error}") from None
    if not isinstance(entries, list):
        raise CredentialsFileError(f"`{path}` holds no JSON list")
    return entries


def _user(accounts: Accounts, account_id: str, name: str, path: str) -> PrincipalRow:
    row = find(accounts.database, "user", account_id, name)
    if row is None:
        row = PrincipalRow(new_unique_id("AIDA"), "user", account_id, name, path, accounts.clock())
        insert(accounts.database, row)
    return row
