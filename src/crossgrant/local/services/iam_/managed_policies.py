"""Customer managed policies and their versions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from crossgrant.iam import PolicyKind
from crossgrant.local.identifiers import new_unique_id
from crossgrant.local.operation import Access, Call, Operation, Output, ServiceError
from crossgrant.local.services.iam_ import pages
from crossgrant.local.services.iam_.aws_managed import AWS_MANAGED_POLICIES
from crossgrant.local.services.iam_.documents import MANAGED_SIZE, checked, shown, size
from crossgrant.local.services.iam_.needs import on_account, on_policy
from crossgrant.local.state import Database

MOST_VERSIONS = 5
_COLUMNS = "arn, id, account, name, path, description, created, updated, next_version, default_version"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A customer managed policy; times in epoch seconds."""

    arn: str
    id: str
    account: str
    name: str
    path: str
    description: str | None
    created: float
    updated: float
    next_version: int
    default_version: str


def customer_policies(database: Database, account: str) -> list[PolicyRow]:
    """Return the account's customer managed policies, by name."""
    rows = database.all(
        f"SELECT {_COLUMNS} FROM iam_policies WHERE account = ? ORDER BY name",  # noqa: S608 - a constant
        (account,),
    )
    return [PolicyRow(*row) for row in rows]


def policy_exists(database: Database, arn: str, account: str) -> bool:
    """Say whether the managed policy exists and may be attached in the account."""
    if arn in AWS_MANAGED_POLICIES:
        return True
    return database.one("SELECT 1 FROM iam_policies WHERE arn = ? AND account = ?", (arn, account)) is not None


def described(database: Database, row: PolicyRow) -> dict[str, Any]:
    """Return a customer managed policy as IAM shows it."""
    attached = database.one("SELECT count(*) FROM iam_attachments WHERE policy_arn = ?", (row.arn,))
    output: dict[str, Any] = {
        "PolicyName": row.name,
        "PolicyId": row.id,
        "Arn": row.arn,
        "Path": row.path,
        "DefaultVersionId": row.default_version,
        "AttachmentCount": 0 if attached is None else attached[0],
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": row.created,
        "UpdateDate": row.updated,
    }
    return output | ({"Description": row.description} if row.description else {})


def described_aws_managed(database: Database, arn: str) -> dict[str, Any]:
    """Return an AWS managed policy as IAM shows it."""
    attached = database.one("SELECT count(*) FROM iam_attachments WHERE policy_arn = ?", (arn,))
    _, _, path_and_name = arn.partition(":policy")
    path, _, name = path_and_name.rpartition("/")
    return {
        "PolicyName": name,
        "PolicyId": "ANPA" + name.upper()[:17].ljust(17, "A"),
        "Arn": arn,
        "Path": path + "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 0 if attached is None else attached[0],
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": 0.0,
        "UpdateDate": 0.0,
    }


def versions(database: Database, row: PolicyRow) -> list[dict[str, Any]]:
    """Return the policy's versions with their documents, the newest first."""
    rows = database.all(
        "SELECT version, document, created FROM iam_policy_versions WHERE arn = ?"
        " ORDER BY CAST(substr(version, 2) AS INTEGER) DESC",
        (row.arn,),
    )
    return [
        {
            "VersionId": version,
            "Document": shown(document),
            "IsDefaultVersion": version == row.default_version,
            "CreateDate": created,
        }
        for version, document, created in rows
    ]


def aws_managed_version(arn: str) -> dict[str, Any]:
    """Return the one version of an AWS managed policy that is known here."""
    document = shown(json.dumps(AWS_MANAGED_POLICIES[arn]))
    return {"VersionId": "v1", "Document": document, "IsDefaultVersion": True, "CreateDate": 0.0}


def _existing(call: Call) -> PolicyRow:
    arn = call.input["PolicyArn"]
    row = call.accounts.database.one(
        f"SELECT {_COLUMNS} FROM iam_policies WHERE arn = ? AND account = ?",  # noqa: S608 - a constant
        (arn, call.account_id),
    )
    if row is None:
        raise ServiceError("NoSuchEntity", f"Policy {arn} was not found.", 404)
    return PolicyRow(*row)


def _document(values: dict[str, Any]) -> str:
    document = checked(values["PolicyDocument"], PolicyKind.IDENTITY_BASED)
    if size(document) > MANAGED_SIZE:
        raise ServiceError("LimitExceeded", f"Cannot exceed quota for PolicySize: {MANAGED_SIZE}", 409)
    return document


def _create(call: Call, values: dict[str, Any]) -> Output:
    database, name, path = call.accounts.database, values["PolicyName"], values.get("Path", "/")
    document = _document(values)
    if database.one("SELECT 1 FROM iam_policies WHERE account = ? AND name = ?", (call.account_id, name)):
        text = f"A policy called {name} already exists. Duplicate names are not allowed."
        raise ServiceError("EntityAlreadyExists", text, 409)
    row = PolicyRow(
        arn=f"arn:aws:iam::{call.account_id}:policy{path}{name}",
        id=new_unique_id("ANPA"),
        account=call.account_id,
        name=name,
        path=path,
        description=values.get("Description"),
        created=call.now,
        updated=call.now,
        next_version=2,
        default_version="v1",
    )
    database.execute(
        f"INSERT INTO iam_policies ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
        (
            row.arn, row.id, row.account, row.name, row.path, row.description,
            row.created, row.updated, row.next_version, row.default_version,
        ),
    )  # fmt: skip
    database.execute("INSERT INTO iam_policy_versions VALUES (?, 'v1', ?, ?)", (row.arn, document, call.now))
    return {"Policy": described(database, row)}


def _get(call: Call, values: dict[str, Any]) -> Output:
    database, arn = call.accounts.database, values["PolicyArn"]
    if arn in AWS_MANAGED_POLICIES:
        return {"Policy": described_aws_managed(database, arn)}
    return {"Policy": described(database, _existing(call))}


def _list(call: Call, values: dict[str, Any]) -> Output:
    database, scope, prefix = call.accounts.database, values.get("Scope", "All"), values.get("PathPrefix", "/")
    found: list[dict[str, Any]] = []
    if scope in ("All", "Local"):
        found += [described(database, row) for row in customer_policies(database, call.account_id)]
    if scope in ("All", "AWS"):
        found += [described_aws_managed(database, arn) for arn in AWS_MANAGED_POLICIES]
    wanted = [
        policy
        for policy in found
        if policy["Path"].startswith(prefix) and (policy["AttachmentCount"] or not values.get("OnlyAttached"))
    ]
    return pages.page("Policies", wanted, values)


def _delete(call: Call, _: dict[str, Any]) -> Output:
    database, row = call.accounts.database, _existing(call)
    if database.one("SELECT 1 FROM iam_attachments WHERE policy_arn = ?", (row.arn,)):
        raise ServiceError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    if len(versions(database, row)) > 1:
        text = (
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."
            " The default version is deleted with the policy."
        )
        raise ServiceError("DeleteConflict", text, 409)
    database.execute("DELETE FROM iam_policy_versions WHERE arn = ?", (row.arn,))
    database.execute("DELETE FROM iam_policies WHERE arn = ?", (row.arn,))
    return {}


def _create_version(call: Call, values: dict[str, Any]) -> Output:
    database, row = call.accounts.database, _existing(call)
    document, version = _document(values), f"v{row.next_version}"
    if len(versions(database, row)) >= MOST_VERSIONS:
        text = (
            f"A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must"
            " delete an existing version."
        )
        raise ServiceError("LimitExceeded", text, 409)
    database.execute("INSERT INTO iam_policy_versions VALUES (?, ?, ?, ?)", (row.arn, version, document, call.now))
    database.execute(
        "UPDATE iam_policies SET next_version = next_version + 1, updated = ?, default_version = ? WHERE arn = ?",
        (call.now, version if values.get("SetAsDefault") else row.default_version, row.arn),
    )
    created = {"VersionId": version, "IsDefaultVersion": bool(values.get("SetAsDefault")), "CreateDate": call.now}
    return {"PolicyVersion": created}


def _version(call: Call, values: dict[str, Any]) -> dict[str, Any]:
    arn, wanted = values["PolicyArn"], values["VersionId"]
    known = (
        [aws_managed_version(arn)] if arn in AWS_MANAGED_POLICIES else versions(call.accounts.database, _existing(call))
    )
    for version in known:
        if version["VersionId"] == wanted:
            return version
    raise ServiceError("NoSuchEntity", f"Policy {arn} version {wanted} does not exist or is not attachable.", 404)


def _list_versions(call: Call, values: dict[str, Any]) -> Output:
    arn = values["PolicyArn"]
    known = (
        [aws_managed_version(arn)] if arn in AWS_MANAGED_POLICIES else versions(call.accounts.database, _existing(call))
    )
    shorter = [{key: value for key, value in version.items() if key != "Document"} for version in known]
    return pages.page("Versions", shorter, values)


def _delete_version(call: Call, values: dict[str, Any]) -> Output:
    row, version = _existing(call), _version(call, values)
    if version["IsDefaultVersion"]:
        raise ServiceError("DeleteConflict", "Cannot delete the default version of a policy.", 409)
    call.accounts.database.execute(
        "DELETE FROM iam_policy_versions WHERE arn = ? AND version = ?", (row.arn, values["VersionId"])
    )
    return {}


def _set_default(call: Call, values: dict[str, Any]) -> Output:
    row, version = _existing(call), _version(call, values)
    call.accounts.database.execute(
        "UPDATE iam_policies SET default_version = ?, updated = ? WHERE arn = ?",
        (version["VersionId"], call.now, row.arn),
    )
    return {}


OPERATIONS = tuple(
    Operation(name, frozenset(parameters), lambda call: call.input, needs, serve, access)
    for name, parameters, needs, serve, access in (
        ("CreatePolicy", {"PolicyName", "Path", "PolicyDocument", "Description"}, on_policy, _create, Access.WRITES),
        ("GetPolicy", {"PolicyArn"}, on_policy, _get, Access.READS),
        (
            "ListPolicies",
            {"Scope", "OnlyAttached", "PathPrefix", *pages.PARAMETERS},
            on_account,
            _list,
            Access.READS,
        ),
        ("DeletePolicy", {"PolicyArn"}, on_policy, _delete, Access.WRITES),
        (
            "CreatePolicyVersion",
            {"PolicyArn", "PolicyDocument", "SetAsDefault"},
            on_policy,
            _create_version,
            Access.WRITES,
        ),
        (
            "GetPolicyVersion",
            {"PolicyArn", "VersionId"},
            on_policy,
            lambda call, values: {"PolicyVersion": _version(call, values)},
            Access.READS,
        ),
        ("ListPolicyVersions", {"PolicyArn", *pages.PARAMETERS}, on_policy, _list_versions, Access.READS),
        ("DeletePolicyVersion", {"PolicyArn", "VersionId"}, on_policy, _delete_version, Access.WRITES),
        ("SetDefaultPolicyVersion", {"PolicyArn", "VersionId"}, on_policy, _set_default, Access.WRITES),
    )
)
