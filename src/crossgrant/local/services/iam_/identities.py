"""From an access key to its caller, and from a caller to its identity-based policies.

Both are asked on every request, so they are kept until IAM's state changes (`forget`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from crossgrant.iam import Policy, PolicyKind, Principal, parse_policy
from crossgrant.local.operation import Caller, Session
from crossgrant.local.services.iam_.aws_managed import AWS_MANAGED_POLICIES
from crossgrant.local.services.iam_.principal_rows import PrincipalRow, find_by_id
from crossgrant.local.services.sts.sessions import StoredSession, find_session
from crossgrant.local.state import Database


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key that signs: its secret, the token that must come with it, and whose it is."""

    secret: str
    session_token: str | None
    caller: Caller

    def __repr__(self) -> str:
        """Hide the secret and the token."""
        return f"AccessKey({self.caller.access_key_id})"


@dataclass(slots=True)
class Identities:
    """The lookups, over one database."""

    database: Database
    _keys: dict[str, AccessKey] = field(default_factory=dict)
    _policies: dict[str, tuple[Policy, ...]] = field(default_factory=dict)

    def key(self, access_key_id: str) -> AccessKey | None:
        """Return the active key of that id, or None. Whether its session has ended is the caller's question."""
        found = self._keys.get(access_key_id)
        if found is None:
            found = self._read_key(access_key_id)
            if found is not None:
                self._keys[access_key_id] = found
        return found

    def policies(self, principal_id: str) -> tuple[Policy, ...]:
        """Return the identity-based policies of the user or role with that unique ID: inline, then attached."""
        found = self._policies.get(principal_id)
        if found is None:
            found = self._policies[principal_id] = identity_policies(self.database, principal_id)
        return found

    def forget(self) -> None:
        """Drop what is kept: IAM's state has changed."""
        self._keys.clear()
        self._policies.clear()

    def _read_key(self, access_key_id: str) -> AccessKey | None:
        if access_key_id.startswith("ASIA"):
            stored = find_session(self.database, access_key_id)
            return None if stored is None else self._session_key(access_key_id, stored)
        row = self.database.one(
            "SELECT secret, user_id FROM iam_access_keys WHERE id = ? AND status = 'Active'", (access_key_id,)
        )
        if row is None:
            return None
        secret, user_id = row
        user = find_by_id(self.database, user_id)
        assert user is not None  # a foreign key holds it
        return AccessKey(secret, None, _user_caller(self.database, user, access_key_id))

    def _session_key(self, access_key_id: str, stored: StoredSession) -> AccessKey:
        role = find_by_id(self.database, stored.role_id)
        session_arn = f"arn:aws:sts::{stored.account}:assumed-role/{stored.role_arn.rpartition('/')[2]}/{stored.name}"
        caller = Caller(
            principal=Principal.role_session(session_arn, stored.role_arn, stored.role_id, stored.name),
            account_id=stored.account,
            access_key_id=access_key_id,
            principal_id=stored.role_id,
            session=Session(
                name=stored.name,
                issued=stored.issued,
                expires=stored.expires,
                role_id=stored.role_id,
                tags=stored.tags,
                transitive_tag_keys=stored.transitive_tag_keys,
                source_identity=stored.source_identity,
                source_function_arn=stored.source_function_arn,
                policies=stored.policies,
            ),
            tags=() if role is None else tags_of(self.database, role.id),
        )
        return AccessKey(stored.secret, stored.token, caller)


def _user_caller(database: Database, user: PrincipalRow, access_key_id: str) -> Caller:
    return Caller(
        principal=Principal.user(user.arn, user.id),
        account_id=user.account,
        access_key_id=access_key_id,
        principal_id=user.id,
        tags=tags_of(database, user.id),
    )


def tags_of(database: Database, owner: str) -> tuple[tuple[str, str], ...]:
    """Return the tags of the user or role with that unique ID, by key."""
    rows = database.all("SELECT key, value FROM iam_tags WHERE owner = ? ORDER BY key", (owner,))
    return tuple((key, value) for key, value in rows)


def identity_policies(database: Database, principal_id: str) -> tuple[Policy, ...]:
    """Return the identity-based policies of a principal, parsed: inline by name, then attached by ARN."""
    inline = database.all(
        "SELECT name, document FROM iam_inline_policies WHERE principal_id = ? ORDER BY name", (principal_id,)
    )
    attached = database.all(
        "SELECT policy_arn FROM iam_attachments WHERE principal_id = ? ORDER BY policy_arn", (principal_id,)
    )
    return (
        *(Policy(name, parse_policy(document, PolicyKind.IDENTITY_BASED)) for name, document in inline),
        *(managed_policy(database, arn, PolicyKind.IDENTITY_BASED) for (arn,) in attached),
    )


def managed_policy(database: Database, arn: str, kind: PolicyKind) -> Policy:
    """Return the default version of a managed policy that exists, read as `kind`."""
    name = arn.rpartition("/")[2]
    known = AWS_MANAGED_POLICIES.get(arn)
    if known is not None:
        return Policy(name, parse_policy(json.dumps(known), kind), arn)
    row = database.one(
        "SELECT document FROM iam_policies JOIN iam_policy_versions USING (arn)"
        " WHERE arn = ? AND version = default_version",
        (arn,),
    )
    assert row is not None  # attachments hold their policies
    return Policy(name, parse_policy(row[0], kind), arn)
