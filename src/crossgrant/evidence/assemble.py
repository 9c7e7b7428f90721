"""All answers of one account become its snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from crossgrant.evidence.answer import Answer, Answers
from crossgrant.evidence.organization import vpc_endpoints, with_organization
from crossgrant.evidence.resources import functions, keys, tables
from crossgrant.evidence.roles import roles
from crossgrant.evidence.snapshot import UNREAD, AccountSnapshot, JsonObject, Known


def assemble(origin: str, answers: Iterable[Answer]) -> AccountSnapshot:
    """Return what `answers` tell of their account."""
    every = tuple(answers)
    of = Answers(every)
    identity = of.first("sts:GetCallerIdentity")
    snapshot = AccountSnapshot(
        origin=origin,
        account_id=identity.response["Account"] if identity and not identity.error else _account_of(every),
        roles=roles(of),
        keys=keys(of),
        vpc_endpoints=vpc_endpoints(of),
    )
    account = snapshot.account_id if isinstance(snapshot.account_id, str) else ""
    snapshot = replace(snapshot, functions=functions(of, account), tables=tables(of, account))
    return with_organization(snapshot, of)


def _account_of(answers: tuple[Answer, ...]) -> Known[str]:
    """Return the account that the ARNs of the answers name."""
    for answer in answers:
        for arn in _arns(answer.response):
            account = arn.split(":")[4]
            if account.isdigit():
                return account
    return UNREAD


def _arns(response: JsonObject) -> Iterable[str]:
    for member in ("Role", "Table", "Configuration", "KeyMetadata"):
        part = response.get(member)
        if isinstance(part, dict):
            yield from (part[name] for name in ("Arn", "TableArn", "FunctionArn") if name in part)
    yield from (response[name] for name in ("FunctionArn",) if name in response)
    yield from (each["Arn"] for each in response.get("RoleDetailList", ()))
