"""Principals for tests, made by signed calls as a person would make them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from support.gateway import Gateway

CALLER, OWNER = "111111111111", "222222222222"


def document(*statements: Mapping[str, Any]) -> str:
    """Return a policy document of the statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: str | Sequence[str], resource: str = "*", **elements: Any) -> dict[str, Any]:
    """Return an Allow statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **elements}


def trust(principal: str | Mapping[str, Any], action: str = "sts:AssumeRole", **elements: Any) -> dict[str, Any]:
    """Return a trust statement that names an AWS principal, or a Principal element."""
    named = {"AWS": principal} if isinstance(principal, str) else principal
    return {"Effect": "Allow", "Principal": named, "Action": action, **elements}


def make_user(gateway: Gateway, account: str, name: str, *statements: Mapping[str, Any]) -> dict[str, Any]:
    """Make a user with one access key and, given statements, one inline policy; return the key."""
    iam = gateway.client("iam", account)
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=document(*statements))
    key: dict[str, Any] = iam.create_access_key(UserName=name)["AccessKey"]
    return key


def make_role(gateway: Gateway, account: str, name: str, *statements: Mapping[str, Any], **settings: Any) -> str:
    """Make a role with a trust policy of the statements; return its ARN."""
    role = gateway.client("iam", account).create_role(
        RoleName=name, AssumeRolePolicyDocument=document(*statements), **settings
    )
    arn: str = role["Role"]["Arn"]
    return arn


def refusal(call: Any, **arguments: Any) -> tuple[str, str]:
    """Return the code and the text of the error that a client's call gives."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("the call was answered, not refused")
