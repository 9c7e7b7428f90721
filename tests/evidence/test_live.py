"""Reading an account against botocore's Stubber: calls that only read, few, and AWS's word where it gives one."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from crossgrant.evidence import LiveAccount, NotRead, Role, Wanted, read_authorization, read_only_policy
from crossgrant.evidence.live import READS
from support.accounts import CALLER, EXECUTION_ROLE, FUNCTION, ROLE, allow, document, trust

KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "example", "region_name": "us-east-1"}
DETAILS = {
    "requestContext": {"aws:PrincipalArn": EXECUTION_ROLE},
    "evaluations": [
        {
            "action": "iam:GetRole",
            "resource": EXECUTION_ROLE,
            "context": {},
            "evaluatedEffect": "IMPLICIT_DENY",
            "checks": [
                {
                    "checkType": "PRINCIPAL",
                    "evaluatedEffect": "IMPLICIT_DENY",
                    "relevantPolicyTypes": [],
                    "matchedPolicies": [],
                }
            ],
        }
    ],
    "policies": [],
}


class Stubbed:
    """A session whose clients answer what was put in, in order for each service."""

    def __init__(self) -> None:
        self.clients: dict[str, Any] = {}
        self.stubs: dict[str, Stubber] = {}

    def put(self, service: str, method: str, answer: dict[str, Any]) -> None:
        self._stub(service).add_response(method, answer)

    def refuse(self, service: str, method: str, code: str) -> None:
        self._stub(service).add_client_error(method, code, "no", 403)

    def client(self, service: str, region_name: str | None = None) -> Any:
        self._stub(service)
        return self.clients[service]

    def _stub(self, service: str) -> Stubber:
        if service not in self.stubs:
            make: Any = boto3.client  # the stubs know the services by literal names alone
            self.clients[service] = make(service, **KEYS)
            self.stubs[service] = Stubber(self.clients[service])
            self.stubs[service].activate()
        return self.stubs[service]


def test_aws_word_on_an_authorization_id_is_read_whole_and_retried_while_it_is_not_there_yet() -> None:
    session = Stubbed()
    waited: list[float] = []
    session.refuse("iam-toolbox", "get_request_authorization_details", "ResourceNotFoundException")
    session.put("iam-toolbox", "get_request_authorization_details", {**DETAILS, "nextToken": "more"})
    session.put(
        "iam-toolbox",
        "get_request_authorization_details",
        {**DETAILS, "policies": [{"type": "IDENTITY_BASED_POLICY", "uri": "x"}]},
    )
    answer = read_authorization(session, "0a1b", None, sleep=waited.append)
    assert not isinstance(answer, NotRead)
    assert (len(answer["evaluations"]), len(answer["policies"]), len(waited)) == (2, 1, 1)


def test_an_authorization_id_that_aws_does_not_know_is_not_read() -> None:
    session = Stubbed()
    waited: list[float] = []
    for _ in range(4):
        session.refuse("iam-toolbox", "get_request_authorization_details", "ResourceNotFoundException")
    assert isinstance(read_authorization(session, "0a1b", None, sleep=waited.append), NotRead)


@pytest.fixture
def account() -> tuple[Stubbed, LiveAccount]:
    session = Stubbed()
    session.put("sts", "get_caller_identity", {"UserId": "AIDA", "Account": CALLER, "Arn": "x" * 20})
    return session, LiveAccount(session, "a profile")


def test_a_role_is_read_with_its_policies_and_a_second_question_asks_nothing_again(
    account: tuple[Stubbed, LiveAccount],
) -> None:
    session, live = account
    member = {
        "RoleName": "reader-exec",
        "Path": "/",
        "RoleId": "AROAEXEC000000000000",
        "Arn": EXECUTION_ROLE,
        "CreateDate": 0,
    }
    session.refuse("organizations", "describe_organization", "AccessDeniedException")
    session.put("iam", "get_role", {"Role": {**member, "AssumeRolePolicyDocument": json.dumps(trust())}})
    session.put("iam", "list_role_policies", {"PolicyNames": ["hop"]})
    session.put("iam", "list_attached_role_policies", {"AttachedPolicies": []})
    hop = json.dumps(document(allow("sts:AssumeRole", ROLE)))
    session.put("iam", "get_role_policy", {"RoleName": "reader-exec", "PolicyName": "hop", "PolicyDocument": hop})
    wanted = Wanted(roles=frozenset({"reader-exec"}))
    live.concurrent = 1
    snapshot = live.read(wanted)
    role = snapshot.roles.get("reader-exec")
    assert isinstance(role, Role)
    assert isinstance(role.policies, tuple)
    assert role.policies[0].document == document(allow("sts:AssumeRole", ROLE))
    assert isinstance(snapshot.organization_id, NotRead)
    assert isinstance(snapshot.service_control, NotRead)
    assert live.read(wanted) == snapshot


def test_what_aws_refuses_to_show_is_not_read(account: tuple[Stubbed, LiveAccount]) -> None:
    session, live = account
    session.refuse("organizations", "describe_organization", "AccessDeniedException")
    session.refuse("lambda", "get_function_configuration", "AccessDeniedException")
    live.concurrent = 1
    snapshot = live.read(Wanted(functions=frozenset({FUNCTION})))
    assert isinstance(snapshot.functions.get(FUNCTION), NotRead)


def test_every_call_only_reads() -> None:
    assert all(method.startswith(("get_", "list_", "describe_")) for _, method in READS.values())


@pytest.mark.parametrize("side", ["caller", "owner"])
def test_the_least_policy_of_a_side_allows_its_reads_alone(side: str) -> None:
    allowed = {action for each in read_only_policy(side)["Statement"] for action in each["Action"]}
    assert allowed <= set(READS)
    assert "iam:GetRole" in allowed
    assert ("lambda:GetFunctionConfiguration" in allowed) == (side == "caller")
