"""The access that IAM's operations need: one action, named as the operation, on the principal or policy named.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crossgrant.local.operation import Call, ContextValue, Need
from crossgrant.local.services.iam_.identities import tags_of
from crossgrant.local.services.iam_.principal_rows import Kind, PrincipalRow, find, find_by_id, principal_arn

Needs = Callable[[Call, dict[str, Any]], tuple[Need, ...]]
NAME_MEMBER: dict[Kind, str] = {"user": "UserName", "role": "RoleName"}


def on_account(call: Call, _: dict[str, Any]) -> tuple[Need, ...]:
    """Need the operation's action, which acts on no resource of its own."""
    return (Need(f"iam:{call.operation}", "*", call.account_id),)


def on_principal(kind: Kind) -> Needs:
    """Need the operation's action on the user or role named in the input, or on the calling user when none is named."""

    def needs(call: Call, values: dict[str, Any]) -> tuple[Need, ...]:
        name = values.get(NAME_MEMBER[kind])
        row = find(call.accounts.database, kind, call.account_id, name) if name else calling_user(call)
        arn = row.arn if row is not None else principal_arn(call.account_id, kind, values.get("Path", "/"), name or "")
        context: dict[str, ContextValue] = {}
        if row is not None:
            context |= {f"aws:ResourceTag/{key}": value for key, value in tags_of(call.accounts.database, row.id)}
        if "PolicyArn" in values:
            context["iam:PolicyARN"] = values["PolicyArn"]
        return (
            Need(f"iam:{call.operation}", arn, call.account_id, context | request_tags(values)),
            *_tagging(call, kind, arn, values),
        )

    return needs


def on_policy(call: Call, values: dict[str, Any]) -> tuple[Need, ...]:
    """Need the operation's action on the managed policy named in the input."""
    arn = (
        values.get("PolicyArn")
        or f"arn:aws:iam::{call.account_id}:policy{values.get('Path', '/')}{values['PolicyName']}"
    )
    return (Need(f"iam:{call.operation}", arn, call.account_id, request_tags(values)),)


def calling_user(call: Call) -> PrincipalRow | None:
    """Return the user that calls, None when the caller is a role's session."""
    return find_by_id(call.accounts.database, call.caller.principal_id) if call.caller.session is None else None


def request_tags(values: dict[str, Any]) -> dict[str, ContextValue]:
    """Return the context keys of the tags that an input sets or removes."""
    tags = values.get("Tags", [])
    keys = [tag["Key"] for tag in tags] + values.get("TagKeys", [])
    context: dict[str, ContextValue] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    return context | ({"aws:TagKeys": keys} if keys else {})


def _tagging(call: Call, kind: Kind, arn: str, values: dict[str, Any]) -> tuple[Need, ...]:
    if not values.get("Tags") or not call.operation.startswith("Create"):
        return ()
    return (Need(f"iam:Tag{kind.title()}", arn, call.account_id, request_tags(values)),)
