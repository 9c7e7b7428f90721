"""IAM against a running gateway: users, keys, roles, policies, AWS's conflicts, pages (rules 40 and 52)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.gateway import Gateway
from support.principals import CALLER, OWNER, allow, document, make_role, make_user, refusal, trust

ROOT = f"arn:aws:iam::{OWNER}:root"


@pytest.fixture(scope="module")
def iam(gateway: Gateway) -> Any:
    return gateway.client("iam", "owner")


def test_a_role_keeps_its_path_description_and_tags(gateway: Gateway, iam: Any) -> None:
    tags = [{"Key": "team", "Value": "data"}]
    made = make_role(gateway, "owner", "kept", trust(ROOT), Path="/a/b/", Description="for tests", Tags=tags)
    role = iam.get_role(RoleName="kept")["Role"]
    assert made == role["Arn"] == f"arn:aws:iam::{OWNER}:role/a/b/kept"
    assert role["RoleId"].startswith("AROA")
    assert (role["Description"], role["Tags"], role["MaxSessionDuration"]) == ("for tests", tags, 3600)
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": ROOT}
    iam.update_role(RoleName="kept", MaxSessionDuration=7200)
    role = iam.get_role(RoleName="kept")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("for tests", 7200)
    iam.untag_role(RoleName="kept", TagKeys=["team"])
    assert iam.list_role_tags(RoleName="kept")["Tags"] == []


@pytest.mark.parametrize(
    "principal",
    [
        f"arn:aws:iam::{CALLER}:role/ghost",
        f"arn:aws:iam::{OWNER}:user/ghost",
        f"arn:aws:iam::{CALLER}:group/readers",
        f"arn:aws:lambda:us-east-1:{CALLER}:function:reader",
        f"arn:aws:iam::{CALLER}:role/*",
        "AROA00000000000000000",
        f"arn:aws:iam::{CALLER}:role/pathless",
    ],
)
def test_a_trust_that_names_nobody_is_refused_and_the_old_one_stays(
    gateway: Gateway, iam: Any, principal: str, request: pytest.FixtureRequest
) -> None:
    name = f"trusting-{abs(hash(request.node.name)) % 10**9}"
    if principal.endswith("pathless"):
        make_role(gateway, "caller", "pathless", trust(f"arn:aws:iam::{CALLER}:root"), Path="/service-role/")
    make_role(gateway, "owner", name, trust(ROOT))
    refused = refusal(iam.update_assume_role_policy, RoleName=name, PolicyDocument=document(trust(principal)))
    assert refused == ("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{principal}"')
    kept = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert kept == {"AWS": ROOT}


def test_a_principal_of_an_account_nobody_embeds_is_kept_as_written(gateway: Gateway, iam: Any) -> None:
    elsewhere = "arn:aws:iam::999999999999:role/any"
    make_role(gateway, "owner", "elsewhere", trust(elsewhere))
    stored = iam.get_role(RoleName="elsewhere")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert stored["Principal"] == {"AWS": elsewhere}


def test_an_account_id_reads_back_as_the_accounts_root(gateway: Gateway, iam: Any) -> None:
    make_role(gateway, "owner", "by-number", trust(CALLER))
    stored = iam.get_role(RoleName="by-number")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert stored["Principal"] == {"AWS": f"arn:aws:iam::{CALLER}:root"}


@pytest.mark.parametrize(
    ("operation", "arguments", "code", "text"),
    [
        ("get_role", {"RoleName": "absent"}, "NoSuchEntity", "The role with name absent cannot be found."),
        ("get_user", {"UserName": "absent"}, "NoSuchEntity", "The user with name absent cannot be found."),
        (
            "get_role_policy",
            {"RoleName": "kept-here", "PolicyName": "absent"},
            "NoSuchEntity",
            "The role policy with name absent cannot be found.",
        ),
        (
            "create_role",
            {"RoleName": "kept-here", "AssumeRolePolicyDocument": document(trust(ROOT))},
            "EntityAlreadyExists",
            "Role with name kept-here already exists.",
        ),
        (
            "attach_role_policy",
            {"RoleName": "kept-here", "PolicyArn": "arn:aws:iam::aws:policy/NotOne"},
            "NoSuchEntity",
            "Policy arn:aws:iam::aws:policy/NotOne does not exist or is not attachable.",
        ),
        (
            "put_role_policy",
            {"RoleName": "kept-here", "PolicyName": "big", "PolicyDocument": document(allow(["a:b"] * 2000))},
            "LimitExceeded",
            "Maximum policy size of 10240 bytes exceeded for role kept-here",
        ),
        (
            "create_role",
            {"RoleName": "r" * 65, "AssumeRolePolicyDocument": document(trust(ROOT))},
            "ValidationError",
            f"1 validation error detected: Value '{'r' * 65}' at 'roleName' failed to satisfy constraint: Member must"
            " have length less than or equal to 64",
        ),
        (
            "create_role",
            {"RoleName": "unserved", "AssumeRolePolicyDocument": document(trust(ROOT)), "PermissionsBoundary": ROOT},
            "NotImplemented",
            "crossgrant doesn't serve the parameter `PermissionsBoundary` of iam:CreateRole",
        ),
        ("list_groups", {}, "NotImplemented", "crossgrant doesn't serve iam:ListGroups; it was denied"),
    ],
)
def test_errors_have_aws_codes_and_texts(
    gateway: Gateway, iam: Any, operation: str, arguments: dict[str, Any], code: str, text: str
) -> None:
    if refusal_of_get(iam, "kept-here"):
        make_role(gateway, "owner", "kept-here", trust(ROOT))
    assert refusal(getattr(iam, operation), **arguments) == (code, text)


def refusal_of_get(iam: Any, name: str) -> bool:
    return name not in {role["RoleName"] for role in iam.list_roles()["Roles"]}


def test_a_role_with_policies_can_not_be_deleted(gateway: Gateway, iam: Any) -> None:
    make_role(gateway, "owner", "busy", trust(ROOT))
    policy = iam.create_policy(PolicyName="busy", PolicyDocument=document(allow("a:b")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="busy", PolicyArn=policy)
    iam.put_role_policy(RoleName="busy", PolicyName="inline", PolicyDocument=document(allow("a:b")))
    conflict = ("DeleteConflict", "Cannot delete entity, must detach all policies first.")
    assert refusal(iam.delete_role, RoleName="busy") == conflict
    attached = ("DeleteConflict", "Cannot delete a policy attached to entities.")
    assert refusal(iam.delete_policy, PolicyArn=policy) == attached
    iam.detach_role_policy(RoleName="busy", PolicyArn=policy)
    conflict = ("DeleteConflict", "Cannot delete entity, must delete policies first.")
    assert refusal(iam.delete_role, RoleName="busy") == conflict
    iam.delete_role_policy(RoleName="busy", PolicyName="inline")
    iam.delete_role(RoleName="busy")
    iam.delete_policy(PolicyArn=policy)


def test_the_default_version_of_a_policy_is_what_counts(gateway: Gateway, iam: Any) -> None:
    key = make_user(gateway, "owner", "versioned")
    policy = iam.create_policy(PolicyName="versioned", PolicyDocument=document(allow("iam:ListRoles")))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="versioned", PolicyArn=policy)
    user = gateway.client("iam", "owner", key)
    assert user.list_roles()["Roles"]
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(allow("iam:ListUsers")), SetAsDefault=True)
    assert refusal(user.list_roles)[0] == "AccessDenied"
    assert user.list_users()["Users"]
    iam.set_default_policy_version(PolicyArn=policy, VersionId="v1")
    assert user.list_roles()["Roles"]
    for _ in range(3):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(allow("a:b")))
    assert refusal(iam.create_policy_version, PolicyArn=policy, PolicyDocument="{}")[0] == "MalformedPolicyDocument"
    many = refusal(iam.create_policy_version, PolicyArn=policy, PolicyDocument=document(allow("a:b")))
    assert many[0] == "LimitExceeded"
    assert refusal(iam.delete_policy_version, PolicyArn=policy, VersionId="v1")[0] == "DeleteConflict"


def test_a_key_works_until_it_is_deactivated_or_deleted(gateway: Gateway, iam: Any) -> None:
    key = make_user(gateway, "owner", "keyed")
    sts = gateway.client("sts", "owner", key)
    unknown = ("InvalidClientTokenId", "The security token included in the request is invalid.")
    assert sts.get_caller_identity()["Account"] == OWNER
    iam.update_access_key(UserName="keyed", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refusal(sts.get_caller_identity) == unknown
    iam.update_access_key(UserName="keyed", AccessKeyId=key["AccessKeyId"], Status="Active")
    assert sts.get_caller_identity()["Account"] == OWNER
    assert iam.create_access_key(UserName="keyed")["AccessKey"]["Status"] == "Active"
    full = refusal(iam.create_access_key, UserName="keyed")
    assert full == ("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
    iam.delete_access_key(UserName="keyed", AccessKeyId=key["AccessKeyId"])
    assert refusal(sts.get_caller_identity) == unknown


def test_lists_come_in_pages(gateway: Gateway, iam: Any) -> None:
    for number in range(5):
        make_role(gateway, "owner", f"paged-{number}", trust(ROOT), Path="/paged/")
    pages = iam.get_paginator("list_roles").paginate(PathPrefix="/paged/", PaginationConfig={"PageSize": 2})
    names = [[role["RoleName"] for role in page["Roles"]] for page in pages]
    assert names == [["paged-0", "paged-1"], ["paged-2", "paged-3"], ["paged-4"]]


def test_account_details_hold_every_role_user_and_policy(gateway: Gateway, iam: Any) -> None:
    make_role(gateway, "owner", "detailed", trust(ROOT))
    iam.put_role_policy(RoleName="detailed", PolicyName="inline", PolicyDocument=document(allow("a:b")))
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 3}))
    roles = {role["RoleName"]: role for page in pages for role in page["RoleDetailList"]}
    inline = roles["detailed"]["RolePolicyList"][0]
    assert (inline["PolicyName"], inline["PolicyDocument"]["Statement"][0]["Action"]) == ("inline", "a:b")
    users = {user["UserName"] for page in pages for user in page["UserDetailList"]}
    policies = {policy["PolicyName"] for page in pages for policy in page["Policies"]}
    assert "crossgrant-operator" in users
    assert "AdministratorAccess" in policies
    assert set(roles) == {
        role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]
    }


def test_a_user_without_policies_may_do_nothing(gateway: Gateway) -> None:
    nobody = gateway.client("iam", "owner", make_user(gateway, "owner", "nobody"))
    code, text = refusal(nobody.get_role, RoleName="crossgrant")
    assert code == "AccessDenied"
    assert text == (
        f"User: arn:aws:iam::{OWNER}:user/nobody is not authorized to perform: iam:GetRole on resource:"
        f" arn:aws:iam::{OWNER}:role/crossgrant because no identity-based policy allows the iam:GetRole action"
    )


def test_documents_read_back_as_they_were_written(gateway: Gateway, iam: Any) -> None:
    written = json.loads(document(allow("a:b", "*", Condition={"StringEquals": {"aws:PrincipalTag/é": "ü & <x>"}})))
    make_role(gateway, "owner", "written", trust(ROOT))
    iam.put_role_policy(RoleName="written", PolicyName="inline", PolicyDocument=json.dumps(written))
    assert iam.get_role_policy(RoleName="written", PolicyName="inline")["PolicyDocument"] == written
