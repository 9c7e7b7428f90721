"""Two accounts as snapshots, with a working grant: a value to change one thing of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crossgrant.doctor import Diagnosis, Inquiry, diagnose, parse_error
from crossgrant.evidence import AccountSnapshot, AttachedPolicy, Function, Role, Section, Table

CALLER, OWNER = "111111111111", "222222222222"
SESSION = f"arn:aws:sts::{CALLER}:assumed-role/reader-exec/reader"
OWNER_SESSION = f"arn:aws:sts::{OWNER}:assumed-role/orders-reader/reader"
EXECUTION_ROLE = f"arn:aws:iam::{CALLER}:role/reader-exec"
ROLE = f"arn:aws:iam::{OWNER}:role/orders-reader"
FUNCTION = f"arn:aws:lambda:us-east-1:{CALLER}:function:reader"
TABLE = f"arn:aws:dynamodb:us-east-1:{OWNER}:table/Orders"
NOW = 1_795_000_000.0
DENIED_ASSUME = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: "
    f"User: {SESSION} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
)
DENIED_READ = (
    "An error occurred (AccessDeniedException) when calling the GetItem operation: "
    f"User: {OWNER_SESSION} is not authorized to perform: dynamodb:GetItem on resource: {TABLE}"
)

Document = Mapping[str, Any]


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str, resource: str, **more: Any) -> Document:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Document | str | None = None, **more: Any) -> Document:
    named = {"AWS": EXECUTION_ROLE} if principal is None else principal
    return document({"Effect": "Allow", "Principal": named, "Action": "sts:AssumeRole", **more})


def role(arn: str, trusting: Document, *policies: Document, **parts: Any) -> Role:
    attached = tuple(AttachedPolicy(f"policy-{number}", each) for number, each in enumerate(policies))
    known = Role(arn, "AROA" + arn[-12:].upper().replace("-", "X"), trusting, attached, None, 3600, 0.0, NOW, {})
    return replace(known, **parts)


def caller(execution: Role | None = None, **parts: Any) -> AccountSnapshot:
    execution = execution or role(
        EXECUTION_ROLE, trust({"Service": "lambda.amazonaws.com"}), document(allow("sts:AssumeRole", ROLE))
    )
    function = Function(FUNCTION, execution.arn, {"OWNER_ROLE_ARN": ROLE}, 10, None)
    return account(CALLER, execution, functions=Section({FUNCTION: function}, rest=None), **parts)


def owner(granted: Role | None = None, table: Table | None = None, **parts: Any) -> AccountSnapshot:
    granted = granted or role(ROLE, trust(), document(allow("dynamodb:GetItem", TABLE)))
    table = table or Table(TABLE, "ACTIVE", {"id": "S"}, (), None, None)
    return account(OWNER, granted, tables=Section({table.arn: table}, rest=None), **parts)


def account(number: str, *roles: Role, **parts: Any) -> AccountSnapshot:
    everything: dict[str, Any] = {
        "origin": "a test",
        "account_id": number,
        "roles": Section({each.name: each for each in roles}, rest=None),
        "organization_id": None,
        "service_control": (),
        "resource_control": (),
        "vpc_endpoints": (),
    }
    return AccountSnapshot(**(everything | parts))


def asked(text: str, of_caller: AccountSnapshot, of_owner: AccountSnapshot, **parts: Any) -> Diagnosis:
    return diagnose(Inquiry(parse_error(text), of_caller, of_owner, now=NOW, **parts), verify=True)
