"""Role sessions: temporary credentials, issued and looked up.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from crossgrant.iam import Policy, PolicyKind, parse_policy
from crossgrant.local.identifiers import new_access_key_id
from crossgrant.local.state import Database

_KEEP_ENDED_FOR = 86_400.0  # an ended key is refused as expired, not as unknown, for a day


@dataclass(frozen=True, slots=True)
class Credentials:
    """Temporary credentials; `expires` in epoch seconds. Never printed."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires: float

    def __repr__(self) -> str:
        """Hide the secret and the token."""
        return f"Credentials({self.access_key_id})"


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """A session policy as it was passed: a name for traces, the document's text, the ARN of a managed one."""

    name: str
    document: str
    arn: str | None = None


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """What a session carries beside its role and name."""

    tags: tuple[tuple[str, str], ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    source_function_arn: str | None = None
    policies: tuple[SessionPolicy, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as it is found again. `policies` are parsed."""

    secret: str
    token: str
    account: str
    role_id: str
    role_arn: str
    name: str
    issued: float
    expires: float
    tags: tuple[tuple[str, str], ...]
    transitive_tag_keys: tuple[str, ...]
    source_identity: str | None
    source_function_arn: str | None
    policies: tuple[Policy, ...]

    def __repr__(self) -> str:
        """Hide the secret and the token."""
        return f"StoredSession({self.role_arn}, {self.name})"


def issue_session(  # noqa: PLR0913 - what a session is made of
    database: Database,
    *,
    account: str,
    role_id: str,
    role_arn: str,
    name: str,
    now: float,
    duration: float,
    details: SessionDetails,
) -> Credentials:
    """Make and store a session of the role; times and duration in seconds. Sessions long ended are swept away."""
    access_key_id = new_access_key_id("ASIA")
    secret = secrets.token_urlsafe(30)
    token = secrets.token_urlsafe(192)
    stored = {
        "tags": details.tags,
        "transitive_tag_keys": details.transitive_tag_keys,
        "source_identity": details.source_identity,
        "source_function_arn": details.source_function_arn,
        "policies": [(policy.name, policy.document, policy.arn) for policy in details.policies],
    }
    database.execute("DELETE FROM sts_sessions WHERE expires < ?", (now - _KEEP_ENDED_FOR,))
    database.execute(
        "INSERT INTO sts_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (access_key_id, secret, token, account, role_id, role_arn, name, now, now + duration, json.dumps(stored)),
    )
    return Credentials(access_key_id, secret, token, now + duration)


def find_session(database: Database, access_key_id: str) -> StoredSession | None:
    """Return the session of that access key, ended or not."""
    row = database.one(
        "SELECT secret, token, account, role_id, role_arn, name, issued, expires, details"
        " FROM sts_sessions WHERE access_key_id = ?",
        (access_key_id,),
    )
    if row is None:
        return None
    secret, token, account, role_id, role_arn, name, issued, expires, stored = row
    details = json.loads(stored)
    return StoredSession(
        secret,
        token,
        account,
        role_id,
        role_arn,
        name,
        issued,
        expires,
        tags=tuple((key, value) for key, value in details["tags"]),
        transitive_tag_keys=tuple(details["transitive_tag_keys"]),
        source_identity=details["source_identity"],
        source_function_arn=details["source_function_arn"],
        policies=tuple(
            Policy(name, parse_policy(document, PolicyKind.SESSION), arn) for name, document, arn in details["policies"]
        ),
    )
