"""CloudFormation templates, Terraform plans and dumps, as evidence."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrant.evidence import EvidenceError, NotRead, Role, read_file, read_text
from support.accounts import CALLER, EXECUTION_ROLE, FUNCTION, OWNER, ROLE, TABLE, allow, asked, document, owner, trust
from support.accounts import DENIED_ASSUME as DENIED

TEMPLATE = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  OwnerRole: {Type: String, Default: orders-reader}
  Unknown: {Type: String}
Resources:
  Execution:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader-exec
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}
      Policies:
        - PolicyName: hop
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - Effect: Allow
                Action: sts:AssumeRole
                Resource: !Sub 'arn:${AWS::Partition}:iam::222222222222:role/${OwnerRole}'
      ManagedPolicyArns: [!Ref More, 'arn:aws:iam::aws:policy/ReadOnlyAccess']
      Tags: [{Key: team, Value: !Ref Unknown}]
  More:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: more
      PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}
  Reader:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: reader
      Role: !GetAtt Execution.Arn
      Environment: {Variables: {OWNER_ROLE_ARN: !Join ['', ['arn:aws:iam::222222222222:role/', !Ref OwnerRole]]}}
"""


def test_a_template_tells_what_it_would_make() -> None:
    snapshot = read_text(TEMPLATE, "caller.yaml", account_id=CALLER)
    role, function = snapshot.roles.get("reader-exec"), snapshot.functions.get(FUNCTION)
    assert isinstance(role, Role)
    assert isinstance(role.policies, tuple)
    assert role.arn == EXECUTION_ROLE
    assert role.policies[0].document == document(allow("sts:AssumeRole", ROLE))
    assert role.policies[1].document == document(allow("s3:*", "*"))
    assert isinstance(role.policies[2].document, NotRead)
    assert isinstance(role.tags, NotRead)
    assert isinstance(role.unique_id, NotRead)
    assert function
    assert not isinstance(function, NotRead)
    assert function.environment == {"OWNER_ROLE_ARN": ROLE}
    assert snapshot.as_deployed is False


def test_a_role_that_a_template_does_not_hold_may_exist() -> None:
    assert isinstance(read_text(TEMPLATE, "caller.yaml", account_id=CALLER).roles.get("another"), NotRead)


def test_a_fault_in_a_template_is_told_before_it_is_deployed() -> None:
    faulty = TEMPLATE.replace("Action: sts:AssumeRole\n", "Action: sts:TagSession\n").replace("ManagedPolicyArns", "X")
    diagnosis = asked(DENIED, read_text(faulty, "caller.yaml", account_id=CALLER), owner())
    assert diagnosis.cause
    assert diagnosis.cause.id == "F01"


def plan(trusting: Any) -> dict[str, Any]:
    role = {
        "name": "orders-reader",
        "arn": ROLE,
        "unique_id": "AROAOWNER00000000000",
        "assume_role_policy": json.dumps(trusting),
        "path": "/",
    }
    table = {"name": "Orders", "arn": TABLE, "hash_key": "id", "attribute": [{"name": "id", "type": "S"}]}
    policy = {
        "name": "table",
        "role": "orders-reader",
        "policy": json.dumps(document(allow("dynamodb:GetItem", TABLE))),
    }
    kinds = {"aws_iam_role": role, "aws_dynamodb_table": table, "aws_iam_role_policy": policy}
    resources = [{"mode": "managed", "type": kind, "name": "x", "values": values} for kind, values in kinds.items()]
    return {
        "format_version": "1.0",
        "values": {"root_module": {"resources": resources[:1], "child_modules": [{"resources": resources[1:]}]}},
    }


def test_a_terraform_state_tells_roles_tables_and_policies() -> None:
    snapshot = read_text(json.dumps(plan(trust())), "owner.json")
    role = snapshot.roles.found["orders-reader"]
    assert isinstance(role.policies, tuple)
    assert (snapshot.account_id, role.trust, role.policies[0].name) == (OWNER, trust(), "table")
    assert TABLE in snapshot.tables.found
    assert snapshot.as_deployed is True


def test_what_a_plan_knows_after_apply_is_not_read() -> None:
    planned = plan(trust())
    planned["planned_values"] = planned.pop("values")
    values = planned["planned_values"]["root_module"]["resources"][0]["values"]
    values |= {"arn": None, "assume_role_policy": None}
    snapshot = read_text(json.dumps(planned), "plan.json", account_id=OWNER)
    role = snapshot.roles.found["orders-reader"]
    assert role.arn == ROLE
    assert isinstance(role.trust, NotRead)


def test_a_dump_is_whole_and_a_filtered_answer_is_not() -> None:
    role = {
        "RoleName": "reader-exec",
        "Arn": EXECUTION_ROLE,
        "RoleId": "AROAEXEC000000000000",
        "AssumeRolePolicyDocument": trust(),
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
    }
    lists: dict[str, list[Any]] = {"UserDetailList": [], "GroupDetailList": [], "Policies": []}
    dump = {"RoleDetailList": [role], **lists}
    assert read_text(json.dumps(dump), "dump.json").roles.get("another") is None
    assert isinstance(read_text(json.dumps({"RoleDetailList": [], **lists}), "dump.json").roles.get("another"), NotRead)
    assert isinstance(read_text(json.dumps(dump | {"IsTruncated": True}), "dump.json").roles.get("another"), NotRead)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "[]",
        '{"Resources": 3}',
        "Resources: [",
        '{"RoleDetailList": 3}',
        '{"format_version": "1.0", "values": 3}',
    ],
)
def test_a_file_that_is_no_evidence_is_a_clear_error(text: str, tmp_path: Path) -> None:
    file = tmp_path / "evidence"
    file.write_text(text)
    with pytest.raises(EvidenceError):
        read_file(file)


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="can't be read"):
        read_file(tmp_path / "none")


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["", "Allow", ROLE, EXECUTION_ROLE, "AWS::IAM::Role", "managed"])
)
NAMES = st.sampled_from(
    [
        "Resources",
        "Type",
        "Properties",
        "Ref",
        "Fn::Sub",
        "Fn::GetAtt",
        "Fn::Join",
        "Policies",
        "RoleDetailList",
        "Arn",
        "RoleName",
        "AssumeRolePolicyDocument",
        "Statement",
        "Role",
        "Table",
        "TableArn",
        "values",
        "root_module",
        "resources",
        "format_version",
        "mode",
        "type",
        "name",
        "Parameters",
        "Default",
        "Configuration",
        "FunctionArn",
        "Organization",
    ]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=25
)


@given(st.dictionaries(NAMES, VALUES, max_size=6), st.sampled_from(["", CALLER]))
@settings(max_examples=300, deadline=None)
def test_whatever_json_a_file_holds_it_is_evidence_or_a_clear_error(value: dict[str, Any], account_id: str) -> None:
    with contextlib.suppress(EvidenceError):
        read_text(json.dumps(value), "a file", account_id=account_id)
