"""Principals of a trust or resource policy, pinned to unique IDs when written and shown as ARNs when read.

AWS keeps the unique ID of a user or role that a policy names (rules 40, 52): one made again is another.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from crossgrant.iam import Arn
from crossgrant.local.accounts import Accounts
from crossgrant.local.services.iam_ import principal_rows

_UNIQUE_ID = re.compile(r"(AIDA|AROA)[A-Z0-9]{16,}")
_ACCOUNT_ID = re.compile(r"\d{12}")


class UnknownPrincipalError(Exception):
    """A policy names a principal that doesn't exist; the text is the principal as AWS quotes it."""


def pin(accounts: Accounts, document: dict[str, Any]) -> str:
    """Return the document to store: users and roles of embedded accounts by their unique IDs.

    A principal of an account that isn't embedded is kept as it is.

    Raises:
        UnknownPrincipalError: a principal of an embedded account doesn't exist, or it is none AWS accepts.

    """
    return json.dumps(_mapped(document, lambda text: _pinned(accounts, text)))


def unpin(accounts: Accounts, stored: str) -> str:
    """Return the stored document as AWS shows it: an ARN where the principal still exists, else its unique ID."""
    return json.dumps(_mapped(json.loads(stored), lambda text: _shown(accounts, text)))


def unembedded(accounts: Accounts, stored: str) -> tuple[str, ...]:
    """Return the AWS principals of a stored document whose accounts aren't embedded: they could not be pinned."""
    found: list[str] = []

    def note(text: str) -> str:
        arn = Arn.parse(text)
        account = text if _ACCOUNT_ID.fullmatch(text) else "" if arn is None else arn.account
        if account and not accounts.embedded(account):
            found.append(text)
        return text

    _mapped(json.loads(stored), note)
    return tuple(found)


def _mapped(document: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    changed = [_statement_mapped(statement, change) for statement in listed]
    return {**document, "Statement": changed if isinstance(statements, list) else changed[0]}


def _statement_mapped(statement: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    mapped = dict(statement)
    for element in ("Principal", "NotPrincipal"):
        principal = statement.get(element)
        if isinstance(principal, dict) and "AWS" in principal:
            named = principal["AWS"]
            mapped[element] = {
                **principal,
                "AWS": [change(each) for each in named] if isinstance(named, list) else change(named),
            }
    return mapped


def _pinned(accounts: Accounts, text: str) -> str:
    if text == "*":
        return text
    if _ACCOUNT_ID.fullmatch(text):
        return f"arn:aws:iam::{text}:root"
    if _UNIQUE_ID.fullmatch(text):
        return _existing_id(accounts, text)
    arn = Arn.parse(text)
    if arn is None or arn.service not in ("iam", "sts") or not _ACCOUNT_ID.fullmatch(arn.account):
        raise UnknownPrincipalError(text)
    kind = arn.resource.partition("/")[0]
    if arn.resource == "root" or (arn.service == "sts" and kind in ("assumed-role", "federated-user")):
        return text
    if arn.service != "iam" or kind not in ("user", "role") or "*" in arn.resource or "?" in arn.resource:
        raise UnknownPrincipalError(text)
    if not accounts.embedded(arn.account):
        return text
    row = principal_rows.find_by_arn(accounts.database, text)
    if row is None:
        raise UnknownPrincipalError(text)
    return row.id


def _existing_id(accounts: Accounts, unique_id: str) -> str:
    if principal_rows.find_by_id(accounts.database, unique_id) is None:
        raise UnknownPrincipalError(unique_id)
    return unique_id


def _shown(accounts: Accounts, text: str) -> str:
    if not _UNIQUE_ID.fullmatch(text):
        return text
    row = principal_rows.find_by_id(accounts.database, text)
    return text if row is None else row.arn
