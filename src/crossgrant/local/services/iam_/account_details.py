"""GetAccountAuthorizationDetails: every user, role and policy of the account in one answer.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from typing import Any

from crossgrant.local.operation import Access, Call, Operation, Output
from crossgrant.local.services.iam_ import pages, principal_rows
from crossgrant.local.services.iam_.attachments import attached_policies
from crossgrant.local.services.iam_.aws_managed import AWS_MANAGED_POLICIES
from crossgrant.local.services.iam_.documents import shown
from crossgrant.local.services.iam_.managed_policies import (
    aws_managed_version,
    customer_policies,
    described,
    described_aws_managed,
    versions,
)
from crossgrant.local.services.iam_.needs import on_account
from crossgrant.local.services.iam_.principal_rows import Kind, PrincipalRow
from crossgrant.local.services.iam_.principals import described as described_principal

_LISTS = {
    "User": "UserDetailList",
    "Role": "RoleDetailList",
    "LocalManagedPolicy": "Policies",
    "AWSManagedPolicy": "Policies",
}


def _principal_detail(call: Call, row: PrincipalRow) -> dict[str, Any]:
    database, title = call.accounts.database, row.kind.title()
    inline = database.all(
        "SELECT name, document FROM iam_inline_policies WHERE principal_id = ? ORDER BY name", (row.id,)
    )
    detail = described_principal(call.accounts, row) | {
        f"{title}PolicyList": [{"PolicyName": name, "PolicyDocument": shown(document)} for name, document in inline],
        "AttachedManagedPolicies": attached_policies(database, row.id),
    }
    return detail | ({"InstanceProfileList": []} if row.kind == "role" else {"GroupList": []})


def _entries(call: Call) -> list[tuple[str, dict[str, Any]]]:
    database = call.accounts.database
    kinds: tuple[Kind, ...] = ("user", "role")
    principals = [
        (kind.title(), _principal_detail(call, row))
        for kind in kinds
        for row in principal_rows.listed(database, kind, call.account_id, "/")
    ]
    local = [
        ("LocalManagedPolicy", described(database, row) | {"PolicyVersionList": versions(database, row)})
        for row in customer_policies(database, call.account_id)
    ]
    aws = [
        ("AWSManagedPolicy", described_aws_managed(database, arn) | {"PolicyVersionList": [aws_managed_version(arn)]})
        for arn in AWS_MANAGED_POLICIES
        if database.one("SELECT 1 FROM iam_attachments WHERE policy_arn = ?", (arn,))
    ]
    return [*principals, *local, *aws]


def _serve(call: Call, values: dict[str, Any]) -> Output:
    wanted = set(values.get("Filter") or _LISTS)
    entries = [entry for entry in _entries(call) if entry[0] in wanted]
    page = pages.page("entries", entries, values)
    output: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    for kind, entry in page.pop("entries"):
        output[_LISTS[kind]].append(entry)
    return output | page


OPERATIONS = (
    Operation(
        "GetAccountAuthorizationDetails",
        frozenset({"Filter", *pages.PARAMETERS}),
        lambda call: call.input,
        on_account,
        _serve,
        Access.READS,
    ),
)
