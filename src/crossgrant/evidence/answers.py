"""AWS's answers to read-only calls become an `AccountSnapshot`.

Whoever made the calls: boto3, or another team's terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from crossgrant.evidence.snapshot import (
    UNREAD,
    AccountSnapshot,
    AttachedPolicy,
    Function,
    JsonObject,
    Key,
    Known,
    Levels,
    NotRead,
    Role,
    Section,
    Table,
    VpcEndpoint,
)

MISSING = frozenset({"NoSuchEntity", "ResourceNotFoundException", "PolicyNotFoundException", "NotFoundException"})
NO_ORGANIZATION = "AWSOrganizationsNotInUseException"


@dataclass(frozen=True, slots=True)
class Answer:
    """One call and what came of it: a response, or an error code with its message."""

    operation: str
    parameters: Mapping[str, str]
    response: JsonObject = field(default_factory=lambda: MappingProxyType({}))
    error: str | None = None
    message: str = ""

    @property
    def unread(self) -> NotRead:
        """Why this answer tells nothing."""
        return NotRead(f"{self.operation} answered {self.error}" + (f": {self.message}" if self.message else ""))


def assemble(origin: str, answers: Iterable[Answer]) -> AccountSnapshot:
    """Return what `answers` tell of their account."""
    every = tuple(answers)
    of = _ByOperation(every)
    identity = of.first("sts:GetCallerIdentity")
    snapshot = AccountSnapshot(
        origin=origin,
        account_id=identity.response["Account"] if identity and not identity.error else _account_of(every),
        roles=_roles(of),
        keys=_keys(of),
        vpc_endpoints=_vpc_endpoints(of),
    )
    account = snapshot.account_id if isinstance(snapshot.account_id, str) else ""
    snapshot = replace(snapshot, functions=_functions(of, account), tables=_tables(of, account))
    return _with_organization(snapshot, of)


class _ByOperation:
    """Answers by their operation."""

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self._answers: dict[str, list[Answer]] = {}
        for answer in answers:
            self._answers.setdefault(answer.operation, []).append(answer)

    def every(self, operation: str, **parameters: str) -> list[Answer]:
        named = self._answers.get(operation, [])
        return [each for each in named if all(each.parameters.get(name) == value for name, value in parameters.items())]

    def first(self, operation: str, **parameters: str) -> Answer | None:
        return next(iter(self.every(operation, **parameters)), None)


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


# Roles -----------------------------------------------------------------------------------------------


def _roles(of: _ByOperation) -> Section[Role]:
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
        if (
            answer.response["RoleDetailList"]
            and not answer.response.get("IsTruncated")
            and "query" not in answer.parameters
        ):
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


def _role(member: JsonObject, of: _ByOperation) -> Role:
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
        created=_time(member["CreateDate"]) if "CreateDate" in member else UNREAD,
        last_used=UNREAD if used is None else _time(used["LastUsedDate"]) if "LastUsedDate" in used else None,
        tags={each["Key"]: each["Value"] for each in member.get("Tags", ())},
    )


def _policies_of(role_name: str, of: _ByOperation) -> Known[tuple[AttachedPolicy, ...]]:
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
        AttachedPolicy(name, _document_of(of.first("iam:GetRolePolicy", RoleName=role_name, PolicyName=name)))
        for name in inline.response["PolicyNames"]
    )
    managed = (
        AttachedPolicy(each["PolicyName"], _managed(each["PolicyArn"], of), each["PolicyArn"])
        for each in attached.response["AttachedPolicies"]
    )
    return (*own, *managed)


def _document_of(answer: Answer | None, *members: str) -> Known[JsonObject]:
    """Return the document that an answer holds: in its PolicyDocument, or down the members named."""
    if answer is None:
        return UNREAD
    if answer.error:
        return answer.unread
    value: Any = answer.response
    for member in members or ("PolicyDocument",):
        value = value[member]
    return document(value)


def _managed(arn: str, of: _ByOperation) -> Known[JsonObject]:
    """Return the document of a managed policy's default version."""
    policy = of.first("iam:GetPolicy", PolicyArn=arn)
    wanted = {} if policy is None or policy.error else {"VersionId": policy.response["Policy"]["DefaultVersionId"]}
    return _document_of(of.first("iam:GetPolicyVersion", PolicyArn=arn, **wanted), "PolicyVersion", "Document")


def _boundary(
    member: JsonObject, documents: Mapping[str, Known[JsonObject]], of: _ByOperation | None
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


# Functions, tables, keys -----------------------------------------------------------------------------


def _functions(of: _ByOperation, account: str) -> Section[Function]:
    found: dict[str, Function] = {}
    absent: set[str] = set()
    rest = UNREAD
    for answer in (*of.every("lambda:GetFunctionConfiguration"), *of.every("lambda:GetFunction")):
        if answer.error in MISSING:
            absent.add(_named(answer, "FunctionName", "lambda", account, "function:"))
        elif answer.error:
            rest = answer.unread
        else:
            member = answer.response.get("Configuration", answer.response)
            vpc = member.get("VpcConfig") or {}
            found[member["FunctionArn"]] = Function(
                arn=member["FunctionArn"],
                role_arn=member.get("Role", UNREAD),
                environment=member.get("Environment", {}).get("Variables", {}),
                timeout=member.get("Timeout", UNREAD),
                vpc=vpc.get("VpcId") or None,
            )
    return Section(found, frozenset(absent), rest)


def _tables(of: _ByOperation, account: str) -> Section[Table]:
    found: dict[str, Table] = {}
    absent: set[str] = set()
    rest = UNREAD
    for answer in of.every("dynamodb:DescribeTable"):
        if answer.error in MISSING:
            absent.add(_named(answer, "TableName", "dynamodb", account, "table/"))
        elif answer.error:
            rest = answer.unread
        else:
            table = _table(answer.response["Table"])
            found[table.arn] = replace(table, policy=_table_policy(table, of))
    return Section(found, frozenset(absent), rest)


def _named(answer: Answer, parameter: str, service: str, account: str, prefix: str) -> str:
    """Return the ARN of what a call asked for by its name or its ARN."""
    name = answer.parameters.get(parameter, "")
    return (
        name
        if name.startswith("arn:")
        else f"arn:aws:{service}:{answer.parameters.get('Region', '')}:{account}:{prefix}{name}"
    )


def _table(member: JsonObject) -> Table:
    types = {each["AttributeName"]: each["AttributeType"] for each in member.get("AttributeDefinitions", ())}
    indexes = (*member.get("GlobalSecondaryIndexes", ()), *member.get("LocalSecondaryIndexes", ()))
    return Table(
        arn=member["TableArn"],
        status=member.get("TableStatus", UNREAD),
        key={each["AttributeName"]: types.get(each["AttributeName"], "") for each in member.get("KeySchema", ())},
        indexes=tuple(each["IndexName"] for each in indexes),
        key_arn=member.get("SSEDescription", {}).get("KMSMasterKeyArn"),
    )


def _table_policy(table: Table, of: _ByOperation) -> Known[JsonObject | None]:
    answers = of.every("dynamodb:GetResourcePolicy")
    answer = next((each for each in answers if each.parameters.get("ResourceArn", table.arn) == table.arn), None)
    if answer is None:
        return UNREAD
    if answer.error:
        return None if answer.error in MISSING else answer.unread
    return document(answer.response["Policy"])


def _keys(of: _ByOperation) -> Section[Key]:
    found: dict[str, Key] = {}
    rest = UNREAD
    policies = of.every("kms:GetKeyPolicy")
    for answer in of.every("kms:DescribeKey"):
        if answer.error:
            rest = answer.unread
            continue
        member = answer.response["KeyMetadata"]
        policy = next(
            (each for each in policies if each.parameters.get("KeyId") in (member["Arn"], member["KeyId"])), None
        )
        found[member["Arn"]] = Key(
            arn=member["Arn"],
            enabled=member.get("Enabled", UNREAD),
            aws_managed=member.get("KeyManager") == "AWS" if "KeyManager" in member else UNREAD,
            policy=_document_of(policy, "Policy"),
        )
    return Section(found, frozenset(), rest)


# Organization and network ----------------------------------------------------------------------------


def _with_organization(snapshot: AccountSnapshot, of: _ByOperation) -> AccountSnapshot:
    answer = of.first("organizations:DescribeOrganization")
    if answer is None:
        return snapshot
    if answer.error == NO_ORGANIZATION:
        return replace(snapshot, organization_id=None, service_control=(), resource_control=())
    if answer.error:
        return replace(snapshot, organization_id=answer.unread)
    return replace(
        snapshot,
        organization_id=answer.response["Organization"]["Id"],
        service_control=_levels("SERVICE_CONTROL_POLICY", of),
        resource_control=_levels("RESOURCE_CONTROL_POLICY", of),
    )


def _levels(kind: str, of: _ByOperation) -> Known[Levels]:
    """Return one kind of control policies; the calls stand in order, from the root to the account."""
    levels = []
    for answer in of.every("organizations:ListPoliciesForTarget", Filter=kind):
        if answer.error:
            return answer.unread
        levels.append(tuple(_control(each, of) for each in answer.response["Policies"]))
    return tuple(levels) if levels else UNREAD


def _control(member: JsonObject, of: _ByOperation) -> AttachedPolicy:
    answer = of.first("organizations:DescribePolicy", PolicyId=member["Id"])
    known = _document_of(answer, "Policy", "Content")
    return AttachedPolicy(member["Name"], known, member.get("Arn"))


def _vpc_endpoints(of: _ByOperation) -> Known[tuple[VpcEndpoint, ...]]:
    answer = of.first("ec2:DescribeVpcEndpoints")
    if answer is None:
        return UNREAD
    if answer.error:
        return answer.unread
    return tuple(
        VpcEndpoint(
            each["VpcEndpointId"],
            each["VpcId"],
            each["ServiceName"].rpartition(".")[2],
            document(each["PolicyDocument"]) if "PolicyDocument" in each else UNREAD,
        )
        for each in answer.response["VpcEndpoints"]
    )


# Values ----------------------------------------------------------------------------------------------


def document(value: Any) -> Known[JsonObject]:
    """Return a policy document given as an object, as JSON, or as percent-encoded JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value if value.lstrip().startswith("{") else unquote(value))
        except ValueError:
            return NotRead("the policy document is not JSON")
    return value if isinstance(value, dict) else NotRead("the policy document is not a JSON object")


def _time(value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    return float(value) if isinstance(value, int | float) else datetime.fromisoformat(value).timestamp()
