"""`why` asked as its users ask it, in this process: with both accounts, with either alone, with dumps."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from crossgrant.doctor import Diagnosis, Inquiry, ParsedError, diagnose, parse_error
from crossgrant.doctor.gather import gather
from crossgrant.evidence import NOTHING, AccountSnapshot, LiveAccount, merge, read_text
from support.fault_world import REGION, TABLE_ARN, World

VIEWS = ("both", "caller", "owner", "dumps")


def ask(
    world: World, text: str, view: str, *, verify: bool = False, asking: tuple[str, str, str] | None = None
) -> Diagnosis:
    """Return what `why` says of a text, or of a principal, action and resource, in one view of the accounts.

    A text that names no principal is asked with the grant file, for nothing else says which grant it is of.
    """
    parsed = ParsedError(principal=asking[0], action=asking[1], resource=asking[2]) if asking else parse_error(text)
    expected = None if parsed.principal else world.expected()
    inquiry = Inquiry(parsed, NOTHING, NOTHING, expected, now=time.time(), denied=asking is None, at_once=True)
    if view == "dumps":
        asked = inquiry.table_arn or TABLE_ARN
        inquiry = replace(inquiry, caller=caller_dump(world), owner=owner_dump(world, asked))
    else:
        live = {side: _Live(world, side).account for side in ("caller", "owner") if view in ("both", side)}
        inquiry = gather(inquiry, live.get("caller"), live.get("owner"), REGION)
    return diagnose(inquiry, verify=verify)


def named(diagnosis: Diagnosis) -> str:
    """Return the cause that a diagnosis names, else its verdict."""
    return diagnosis.cause.id if diagnosis.cause else diagnosis.verdict.value


class _Live:
    """One embedded account, with the world's clients: making one costs a tenth of a second."""

    def __init__(self, world: World, side: str) -> None:
        self.account = LiveAccount(self, side)
        self._world, self._side = world, side

    def client(self, service: str, region_name: str | None = None) -> Any:
        assert region_name in (None, REGION)
        return self._world.client(service, self._side)


def caller_dump(world: World) -> AccountSnapshot:
    """Return the caller as its team's files show it: authorization details, and the function's configuration."""
    functions = world.client("lambda", "caller")
    asked = f"+ aws lambda get-function-configuration --function-name {world.function}"
    shown = _shown(asked, lambda: functions.get_function_configuration(FunctionName=world.function))
    return merge((_details(world, "caller"), read_text(shown, "caller.txt")), NOTHING)


def owner_dump(world: World, table_arn: str) -> AccountSnapshot:
    """Return the owner as its team's files show it."""
    table, name = world.client("dynamodb", "owner"), table_arn.rpartition("/")[2]
    asked = f"+ aws dynamodb describe-table --table-name {name} --region {REGION}"
    policy = f"+ aws dynamodb get-resource-policy --resource-arn {table_arn} --region {REGION}"
    shown = (
        _shown("+ aws sts get-caller-identity", world.client("sts", "owner").get_caller_identity),
        _shown(asked, lambda: table.describe_table(TableName=name)),
        _shown(policy, lambda: table.get_resource_policy(ResourceArn=table_arn)),
    )
    return merge((_details(world, "owner"), read_text("".join(shown), "owner.txt")), NOTHING)


def _details(world: World, side: str) -> AccountSnapshot:
    pages = world.client("iam", side).get_paginator("get_account_authorization_details").paginate().build_full_result()
    organization = (
        "+ aws organizations describe-organization\nAn error occurred (AWSOrganizationsNotInUseException) "
        "when calling the DescribeOrganization operation: none"
    )
    return merge(
        (read_text(json.dumps(pages, default=str), f"{side}.json"), read_text(organization, "organization")), NOTHING
    )


def _shown(command: str, call: Callable[[], dict[str, Any]]) -> str:
    """Return a command and its answer or error, as a terminal shows them."""
    try:
        answer = call()
    except ClientError as error:
        return f"{command}\n{error}\n"
    answer.pop("ResponseMetadata", None)
    return f"{command}\n{json.dumps(answer, default=str)}\n"
