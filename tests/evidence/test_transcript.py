"""What another team's terminal showed, as evidence."""

from __future__ import annotations

import json

from crossgrant.doctor import Verdict
from crossgrant.evidence import NOTHING, NotRead, Role, Table, commands, merge, read_text
from crossgrant.evidence.transcript import read_command, read_transcript
from support.accounts import (
    DENIED_ASSUME,
    EXECUTION_ROLE,
    FUNCTION,
    ROLE,
    TABLE,
    allow,
    asked,
    caller,
    document,
    owner,
    trust,
)

IDENTITY = {"UserId": "AIDA", "Account": "222222222222", "Arn": "arn:aws:iam::222222222222:user/ops"}
MEMBER = {
    "RoleName": "orders-reader",
    "RoleId": "AROAORDERS0000000000",
    "Arn": ROLE,
    "CreateDate": "2026-01-01T00:00:00+00:00",
    "AssumeRolePolicyDocument": trust(),
    "MaxSessionDuration": 3600,
}
INLINE = {
    "RoleName": "orders-reader",
    "PolicyName": "table",
    "PolicyDocument": document(allow("dynamodb:GetItem", TABLE)),
}
DESCRIBED = {
    "TableArn": TABLE,
    "TableName": "Orders",
    "TableStatus": "ACTIVE",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
}
SHOWN = f"""+ aws sts get-caller-identity --output json
{json.dumps(IDENTITY, indent=4)}
+ aws iam get-role --role-name orders-reader --output json
{json.dumps({"Role": MEMBER}, indent=4)}
++ aws iam list-role-policies --role-name orders-reader --query PolicyNames[] --output text
+ aws iam list-role-policies --role-name orders-reader --output json
{json.dumps({"PolicyNames": ["table"]})}
+ aws iam list-attached-role-policies --role-name orders-reader --output json
{json.dumps({"AttachedPolicies": [{"PolicyName": "more", "PolicyArn": "arn:aws:iam::222222222222:policy/more"}]})}
+ aws iam get-role-policy --role-name orders-reader --policy-name table --output json
{json.dumps(INLINE)}
+ aws iam get-policy-version --policy-arn arn:aws:iam::222222222222:policy/more --version-id v2 --output json

An error occurred (AccessDenied) when calling the GetPolicyVersion operation: User: x is not authorized
+ aws dynamodb describe-table --table-name Orders --region us-east-1 --output json
{json.dumps({"Table": DESCRIBED})}
+ aws dynamodb get-resource-policy --resource-arn {TABLE} --region us-east-1 --output json

An error occurred (PolicyNotFoundException) when calling the GetResourcePolicy operation: none
"""


def test_a_transcript_tells_roles_policies_and_tables() -> None:
    snapshot = read_text(SHOWN, "owner.txt")
    role, table = snapshot.roles.get("orders-reader"), snapshot.tables.get(TABLE)
    assert isinstance(role, Role)
    assert isinstance(table, Table)
    assert snapshot.account_id == "222222222222"
    assert isinstance(role.policies, tuple)
    assert [each.name for each in role.policies] == ["table", "more"]
    assert role.policies[0].document == document(allow("dynamodb:GetItem", TABLE))
    assert (table.key, table.policy, table.key_arn) == ({"id": "S"}, None, None)


def test_what_a_terminal_was_refused_is_named_and_not_taken_for_empty() -> None:
    role = read_text(SHOWN, "owner.txt").roles.found["orders-reader"]
    assert isinstance(role.policies, tuple)
    unread = role.policies[1].document
    assert isinstance(unread, NotRead)
    assert "AccessDenied" in unread.reason
    assert isinstance(read_text(SHOWN, "owner.txt").roles.get("another"), NotRead)


def test_a_role_that_aws_does_not_find_does_not_exist() -> None:
    error = (
        "An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name gone cannot be found."
    )
    shown = f"+ aws iam get-role --role-name gone\n\n{error}\n"
    assert read_text(shown, "owner.txt").roles.get("gone") is None


def test_answers_alone_are_known_by_their_shape() -> None:
    lines = [line for line in SHOWN.splitlines() if not line.startswith("+")]
    role = read_text("\n".join(lines), "answers.json").roles.get("orders-reader")
    assert isinstance(role, Role)
    assert isinstance(role.policies, tuple)
    assert role.policies[0].name == "table"


def test_two_files_of_one_side_complete_each_other() -> None:
    configuration = {
        "FunctionName": "reader",
        "FunctionArn": FUNCTION,
        "Runtime": "python3.13",
        "Role": EXECUTION_ROLE,
        "Timeout": 3,
    }
    both = merge((read_text(json.dumps(configuration), "function.json"), read_text(SHOWN, "owner.txt")), NOTHING)
    assert FUNCTION in both.functions.found
    assert "orders-reader" in both.roles.found


def test_commands_come_back_as_the_calls_that_they_make() -> None:
    asked_for = (*commands.role("orders-reader"), *commands.function(FUNCTION), *commands.table(TABLE))
    assert [read_command(each)[0] for each in asked_for] == [
        "iam:GetRole",
        "lambda:GetFunctionConfiguration",
        "dynamodb:DescribeTable",
        "dynamodb:GetResourcePolicy",
    ]


def test_the_other_teams_answers_complete_an_undetermined_verdict() -> None:
    alone = asked(DENIED_ASSUME, caller(), NOTHING)
    stranger = SHOWN.replace(EXECUTION_ROLE, "arn:aws:iam::333333333333:root")
    together = asked(DENIED_ASSUME, caller(), read_text(stranger, "owner.txt"))
    assert alone.verdict is Verdict.UNDETERMINED
    assert together.cause
    assert together.cause.id == "F02"
    assert owner().roles.rest is None


def test_garbage_is_passed_over() -> None:
    assert read_transcript("{" * 500 + "}\n+ aws\n+ aws 'unclosed\nnothing\n[1, 2") == ()
