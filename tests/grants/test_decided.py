"""What the engine says of derived policies: the grant's own use is allowed, its neighbours are denied."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crossgrant.grants import Derivation, Document, Role, Via, derive, parse
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
from support.grant_cases import CASES, NOW, grant_cases

DERIVED = {case.id: case for case in grant_cases("derived.toml")}
QUESTIONS = tomllib.loads((CASES / "decided.toml").read_text("utf-8"))["question"]


def _name(question: dict[str, Any]) -> str:
    return " ".join((question["grant"], question["asks"], question.get("why", ""), question["expected"]))


@pytest.mark.parametrize("question", QUESTIONS, ids=_name)
def test_a_grant_allows_its_own_use_and_denies_the_neighbours(question: dict[str, Any]) -> None:
    derivation = _derive(question["grant"])
    asked = _asked(derivation, question["asks"])
    request = Request(
        principal=_principal(question.get("by", asked.session_arn), asked),
        action=question["asks"],
        resource=question.get("resource", asked.resource),
        context=RequestContext.of(_context(derivation, question)),
    )
    assert evaluate(request, asked.policies).decision is Decision(question["expected"])


def test_every_grant_is_asked_for_its_own_use() -> None:
    allowed = {question["grant"] for question in QUESTIONS if question["expected"] == "Allow"}
    assert allowed == set(DERIVED) - {"role-named-after-the-grant"}


@pytest.mark.parametrize("case", DERIVED.values(), ids=lambda case: case.id)
def test_every_derived_policy_is_one_that_iam_takes(case: Any) -> None:
    derivation = _derive(case.id)
    caller, owner = derivation.caller.execution_role, derivation.owner
    for role in (caller, owner.role):
        if role is not None:
            _policy(role.policy, PolicyKind.IDENTITY_BASED)
            if role.trust_policy is not None:
                _policy(role.trust_policy, PolicyKind.TRUST)
    for document, kind in ((owner.table_policy, PolicyKind.RESOURCE_BASED), (owner.key_policy, PolicyKind.KMS_KEY)):
        if document is not None:
            _policy(document, kind)


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
    identity = (_policy(execution_role.policy, PolicyKind.IDENTITY_BASED),)
    if grant.via is Via.RESOURCE_POLICY:
        document, kind = owner.table_policy, PolicyKind.RESOURCE_BASED
        if action.startswith("kms:"):
            document, kind = owner.key_policy, PolicyKind.KMS_KEY
        assert document is not None
        return _Asked(execution_role, function, owner.table_arn, PolicySet(identity, _policy(document, kind)))
    assert owner.role is not None
    if action.startswith("sts:"):
        assert owner.role.trust_policy is not None
        trust = _policy(owner.role.trust_policy, PolicyKind.TRUST)
        return _Asked(execution_role, function, owner.role.arn, PolicySet(identity, trust))
    session = f"arn:{partition}:sts::{grant.owner.id}:assumed-role/{owner.role.name}/{grant.function.name}"
    permissions = (_policy(owner.role.policy, PolicyKind.IDENTITY_BASED),)
    delegates = _policy(_KEY_DELEGATES, PolicyKind.KMS_KEY) if action.startswith("kms:") else None
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


def _policy(document: Document | dict[str, Any], kind: PolicyKind) -> Policy:
    source = document.as_json() if isinstance(document, Document) else document
    return Policy("derived", parse_policy(source, kind))


def _derive(case: str) -> Derivation:
    return derive(parse(DERIVED[case].text, Path("crossgrant.yaml"), now=NOW).grants[0])
