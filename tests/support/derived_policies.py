"""Questions about derived policies, put to the engine: the format of tests/cases/grants/decided.toml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crossgrant.grants import Derivation, Document, Role, Via
from crossgrant.iam import (
    Decision,
    Policy,
    PolicyKind,
    PolicySet,
    Principal,
    Request,
    RequestContext,
    evaluate,
    parse_policy,
)
from support.grant_cases import NOW


def decide(derivation: Derivation, question: dict[str, Any]) -> Decision:
    """Return what both sides of a derivation together say to one question."""
    asked = _asked(derivation, question["asks"])
    request = Request(
        principal=_principal(question.get("by", asked.session_arn), asked),
        action=question["asks"],
        resource=question.get("resource", asked.resource),
        context=RequestContext.of(_context(derivation, question)),
    )
    return evaluate(request, asked.policies).decision


def neighbours(derivation: Derivation, question: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the questions next to an allowed one, each wrong in one thing that a derived condition asks for."""
    asks_for = _conditions(derivation, question["asks"])
    context = {key: value for key, value in _context(derivation, question).items() if key in asks_for}
    for key, value in context.items():
        wrong = {**question.get("context", {}), key: _altered(key, value)}
        yield {**question, "context": wrong, "why": f"another {key}", "expected": "ImplicitDeny"}
        if not all(operator.endswith("IfExists") or operator.startswith("ForAll") for operator in asks_for[key]):
            yield {**question, "without": [key], "why": f"no {key}", "expected": "ImplicitDeny"}
    if question["asks"].startswith("sts:") or derivation.grant.via is Via.RESOURCE_POLICY:
        partition, account = derivation.owner.table_arn.split(":")[1], derivation.grant.caller.id
        other = f"arn:{partition}:sts::{account}:assumed-role/returns-api-exec/returns-api"
        yield {**question, "by": other, "why": "another role of the caller", "expected": "ImplicitDeny"}


def _conditions(derivation: Derivation, action: str) -> dict[str, set[str]]:
    """Return the operators that the statements on `action` apply to each condition key."""
    asks_for: dict[str, set[str]] = {}
    statements = (each for document in documents(derivation).values() for each in document.statements)
    for condition in (each for statement in statements if action in statement.actions for each in statement.conditions):
        asks_for.setdefault(condition.key, set()).add(condition.operator)
    return asks_for


def _altered(key: str, value: str | list[str]) -> str | list[str]:
    if key == "aws:CurrentTime":
        return "2099-01-01T00:00:00Z"
    return [*value, "other"] if isinstance(value, list) else f"{value}-other"


def documents(derivation: Derivation) -> dict[str, Document]:
    """Return the documents that both sides' decisions come from, by name."""
    role = derivation.owner.role
    present = {
        "caller policy": derivation.caller.execution_role.policy,
        "owner trust": None if role is None else role.trust_policy,
        "owner policy": None if role is None else role.policy,
        "table policy": derivation.owner.table_policy,
        "key policy": derivation.owner.key_policy,
    }
    return {name: document for name, document in present.items() if document is not None}


def parsed(document: Document | dict[str, Any], kind: PolicyKind) -> Policy:
    """Return a derived document as the engine reads it."""
    source = document.as_json() if isinstance(document, Document) else document
    return Policy("derived", parse_policy(source, kind))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks whom by default, and under which policies."""

    role: Role
    session_arn: str
    resource: str
    policies: PolicySet


def _asked(derivation: Derivation, action: str) -> _Asked:
    """Return the hop that an action belongs to: the function at the owner's role or table, or the role at the table."""
    grant, owner, execution_role = derivation.grant, derivation.owner, derivation.caller.execution_role
    partition, account = execution_role.arn.split(":")[1], grant.caller.id
    function = f"arn:{partition}:sts::{account}:assumed-role/{execution_role.name}/{grant.function.name}"
    identity = (parsed(execution_role.policy, PolicyKind.IDENTITY_BASED),)
    if action.startswith("logs:"):
        stream = f"arn:{partition}:logs:{grant.caller.region}:{account}:log-group:{derivation.caller.log_group}"
        return _Asked(execution_role, function, f"{stream}:log-stream:2026/11/24/[$LATEST]1", PolicySet(identity))
    if grant.via is Via.RESOURCE_POLICY:
        document, kind = owner.table_policy, PolicyKind.RESOURCE_BASED
        if action.startswith("kms:"):
            document, kind = owner.key_policy, PolicyKind.KMS_KEY
        assert document is not None
        return _Asked(execution_role, function, owner.table_arn, PolicySet(identity, parsed(document, kind)))
    assert owner.role is not None
    if action.startswith("sts:"):
        assert owner.role.trust_policy is not None
        trust = parsed(owner.role.trust_policy, PolicyKind.TRUST)
        return _Asked(execution_role, function, owner.role.arn, PolicySet(identity, trust))
    session = f"arn:{partition}:sts::{grant.owner.id}:assumed-role/{owner.role.name}/{grant.function.name}"
    permissions = (parsed(owner.role.policy, PolicyKind.IDENTITY_BASED),)
    delegates = parsed(_KEY_DELEGATES, PolicyKind.KMS_KEY) if action.startswith("kms:") else None
    return _Asked(owner.role, session, owner.table_arn, PolicySet(permissions, delegates))


# A key whose policy lets its account's own policies decide, as AWS makes it.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
_KEY_DELEGATES: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}


def _principal(session_arn: str, asked: _Asked) -> Principal:
    own = session_arn.split("/")[0:2] == asked.session_arn.split("/")[0:2]
    return Principal.role_session(session_arn, asked.role.arn if own else None)


def _context(derivation: Derivation, question: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = {"aws:CurrentTime": NOW.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if question["asks"].startswith("sts:") or derivation.grant.via is Via.RESOURCE_POLICY:
        context["lambda:SourceFunctionArn"] = derivation.caller.function_arn
    context |= question.get("context", {})
    return {key: value for key, value in context.items() if key not in question.get("without", ())}
