"""Roles and their policies, from IAM's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crossgrant.evidence.answer import MISSING, Answer, Answers, document, document_of, epoch_seconds
from crossgrant.evidence.snapshot import UNREAD, AttachedPolicy, JsonObject, Known, NotRead, Role, Section


def roles(of: Answers) -> Section[Role]:
    """Return the roles of a dump, of a list, and those that were asked for."""
    found: dict[str, Role] = {}
    absent: set[str] = set()
    rest: NotRead | None = UNREAD
    for answer in of.every("iam:GetAccountAuthorizationDetails"):
        if answer.error:
            rest = answer.unread
            continue
        documents = {each["Arn"]: _default_version(each) for each in answer.response.get("Policies", ())}
        found |= {
            role.name: role for role in (_detailed(each, documents) for each in answer.response["RoleDetailList"])
        }
        if _is_whole(answer):
            rest = None
    for answer in of.every("iam:ListRoles"):
        listed = () if answer.error else answer.response["Roles"]
        # https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html - tags are left out there
        found |= {role.name: replace(role, tags=UNREAD) for role in map(_role_facts, listed)}
    for answer in of.every("iam:GetRole"):
        name = answer.parameters.get("RoleName", "")
        if answer.error in MISSING:
            absent.add(name)
        elif not answer.error:
            role = _role(answer.response["Role"], of)
            found[role.name] = role if role.policies is not UNREAD or role.name not in found else found[role.name]
            absent.add(name or role.name)  # IAM finds a role in another case; ARNs of that case name nobody
        elif rest is UNREAD:
            rest = answer.unread
    return Section(found, frozenset(absent - found.keys()), rest)


def _is_whole(dump: Answer) -> bool:
    """Return whether a dump holds every role: AWS's own answer has all four lists, a part cut out of it does not.

    A dump without roles was asked for other things: an account has roles, its service-linked ones at least.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """
    lists = {"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"}
    return (
        lists <= dump.response.keys() and bool(dump.response["RoleDetailList"]) and not dump.response.get("IsTruncated")
    )


def _role(member: JsonObject, of: Answers) -> Role:
    """Return a role from GetRole's member, with its policies from their own calls."""
    name = member["RoleName"]
    return replace(
        _role_facts(member),
        policies=_policies_of(name, of),
        boundary=_boundary(member, {}, of),
    )


def _detailed(member: JsonObject, documents: Mapping[str, Known[JsonObject]]) -> Role:
    """Return a role from GetAccountAuthorizationDetails' member, policies and all."""
    inline = (
        AttachedPolicy(each["PolicyName"], document(each["PolicyDocument"]))
        for each in member.get("RolePolicyList", ())
    )
    managed = (
        AttachedPolicy(
            each["PolicyName"],
            documents.get(each["PolicyArn"], NotRead(f"the dump holds no document of {each['PolicyArn']}")),
            each["PolicyArn"],
        )
        for each in member.get("AttachedManagedPolicies", ())
    )
    return replace(_role_facts(member), policies=(*inline, *managed), boundary=_boundary(member, documents, None))


def _role_facts(member: JsonObject) -> Role:
    used = member.get("RoleLastUsed")
    return Role(
        arn=member["Arn"],
        unique_id=member.get("RoleId", UNREAD),
        trust=document(member["AssumeRolePolicyDocument"]) if "AssumeRolePolicyDocument" in member else UNREAD,
        max_session_duration=member.get("MaxSessionDuration", UNREAD),
        created=epoch_seconds(member["CreateDate"]) if "CreateDate" in member else UNREAD,
        last_used=UNREAD if used is None else epoch_seconds(used["LastUsedDate"]) if "LastUsedDate" in used else None,
        tags={each["Key"]: each["Value"] for each in member.get("Tags", ())},
    )


def _policies_of(role_name: str, of: Answers) -> Known[tuple[AttachedPolicy, ...]]:
    inline = of.first("iam:ListRolePolicies", RoleName=role_name)
    attached = of.first("iam:ListAttachedRolePolicies", RoleName=role_name)
    for answer in (inline, attached):
        if answer is None:
            return UNREAD
        if answer.error:
            return answer.unread
    assert inline
    assert attached
    own = (
        AttachedPolicy(name, document_of(of.first("iam:GetRolePolicy", RoleName=role_name, PolicyName=name)))
        for name in inline.response["PolicyNames"]
    )
    managed = (
        AttachedPolicy(each["PolicyName"], _managed(each["PolicyArn"], of), each["PolicyArn"])
        for each in attached.response["AttachedPolicies"]
    )
    return (*own, *managed)


def _managed(arn: str, of: Answers) -> Known[JsonObject]:
    """Return the document of a managed policy's default version."""
    policy = of.first("iam:GetPolicy", PolicyArn=arn)
    wanted = {} if policy is None or policy.error else {"VersionId": policy.response["Policy"]["DefaultVersionId"]}
    return document_of(of.first("iam:GetPolicyVersion", PolicyArn=arn, **wanted), "PolicyVersion", "Document")


def _boundary(
    member: JsonObject, documents: Mapping[str, Known[JsonObject]], of: Answers | None
) -> Known[AttachedPolicy | None]:
    attached = member.get("PermissionsBoundary")
    if attached is None:
        return None
    arn = attached["PermissionsBoundaryArn"]
    known = documents.get(arn) or (_managed(arn, of) if of else UNREAD)
    return AttachedPolicy(arn.rpartition("/")[2], known, arn)


def _default_version(member: JsonObject) -> Known[JsonObject]:
    versions = member.get("PolicyVersionList", ())
    chosen = next((each for each in versions if each.get("IsDefaultVersion") and "Document" in each), None)
    return UNREAD if chosen is None else document(chosen["Document"])
