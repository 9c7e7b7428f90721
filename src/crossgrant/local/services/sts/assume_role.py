"""AssumeRole: who asks, for which session of which role, and the credentials of it.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from crossgrant.iam import Arn, MalformedPolicyDocumentError, PolicyKind, parse_policy
from crossgrant.local.operation import Call, ContextValue, Need, Operation, Output, ServiceError
from crossgrant.local.services.iam_.identities import managed_policy, tags_of
from crossgrant.local.services.iam_.managed_policies import policy_exists
from crossgrant.local.services.iam_.principal_rows import PrincipalRow, find_by_arn
from crossgrant.local.services.sts.sessions import SessionDetails, SessionPolicy, issue_session
from crossgrant.local.services.sts.trust import trust_policy_of

CHAINED_LIMIT = 3600
DEFAULT_DURATION = 3600
PACKED_LIMIT = 2_048
_ROLE = re.compile(r"role/[\u0021-\u007e]+")


@dataclass(frozen=True, slots=True)
class AssumeRoleInput:
    """An AssumeRole call that is well-formed. `tags` and `transitive_tag_keys` hold those inherited down the chain."""

    role_arn: str
    account: str
    session_name: str
    duration: int
    external_id: str | None
    source_identity: str | None
    tags: tuple[tuple[str, str], ...]
    transitive_tag_keys: tuple[str, ...]
    policy: str | None
    policy_arns: tuple[str, ...]
    packed_size: int | None


def read(call: Call) -> AssumeRoleInput:
    """Validate an AssumeRole input by itself.

    Raises:
        ServiceError: ValidationError, InvalidParameterValue, MalformedPolicyDocument, PackedPolicyTooLarge.

    """
    values = call.input
    role_arn = values["RoleArn"]
    arn = Arn.parse(role_arn)
    if arn is None or arn.service != "iam" or not _ROLE.fullmatch(arn.resource) or not arn.account:
        raise ServiceError("ValidationError", f"{role_arn} is invalid")
    tags, transitive = _session_tags(call)
    policy, policy_arns = values.get("Policy"), tuple(entry["arn"] for entry in values.get("PolicyArns", []))
    if policy is not None:
        try:
            parse_policy(policy, PolicyKind.SESSION)
        except MalformedPolicyDocumentError as error:
            raise ServiceError("MalformedPolicyDocument", error.message) from None
    inherited = call.caller.session.source_identity if call.caller.session else None
    source_identity = values.get("SourceIdentity", inherited)
    if inherited is not None and source_identity != inherited:
        raise ServiceError("AccessDenied", "SourceIdentity can't be changed once it is set in a session.", 403)
    return AssumeRoleInput(
        role_arn=role_arn,
        account=arn.account,
        session_name=values["RoleSessionName"],
        duration=values.get("DurationSeconds", DEFAULT_DURATION),
        external_id=values.get("ExternalId"),
        source_identity=source_identity,
        tags=tags,
        transitive_tag_keys=transitive,
        policy=policy,
        policy_arns=policy_arns,
        packed_size=_packed_size(policy, policy_arns, tags),
    )


def needs(call: Call, wanted: AssumeRoleInput) -> tuple[Need, ...]:
    """Need sts:AssumeRole, and sts:TagSession and sts:SetSourceIdentity where tags or an identity travel.

    Each has condition keys of its own. A role that doesn't exist has no trust policy and so reads like one that
    may not be assumed (rule 51).
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
    """
    role = _role(call, wanted)
    policy = None if role is None else trust_policy_of(role)
    role_tags = () if role is None else tags_of(call.accounts.database, role.id)
    resource_tags: dict[str, ContextValue] = {f"aws:ResourceTag/{key}": value for key, value in role_tags}
    tags: dict[str, ContextValue] = {}
    if wanted.tags:
        tags = {f"aws:RequestTag/{key}": value for key, value in wanted.tags}
        tags["aws:TagKeys"] = [key for key, _ in wanted.tags]
    if wanted.transitive_tag_keys:
        tags["sts:TransitiveTagKeys"] = list(wanted.transitive_tag_keys)
    assume: dict[str, ContextValue] = {**resource_tags, **tags, "sts:RoleSessionName": wanted.session_name}
    if wanted.external_id is not None:
        assume["sts:ExternalId"] = wanted.external_id
    if wanted.source_identity is not None:
        assume["sts:SourceIdentity"] = wanted.source_identity
    needed = [Need("sts:AssumeRole", wanted.role_arn, wanted.account, assume, policy)]
    if wanted.tags:
        needed.append(Need("sts:TagSession", wanted.role_arn, wanted.account, resource_tags | tags, policy))
    if wanted.source_identity is not None:
        identity: dict[str, ContextValue] = {**resource_tags, "sts:SourceIdentity": wanted.source_identity}
        needed.append(Need("sts:SetSourceIdentity", wanted.role_arn, wanted.account, identity, policy))
    return tuple(needed)


def serve(call: Call, wanted: AssumeRoleInput) -> Output:
    """Issue the session.

    Raises:
        ServiceError: ValidationError for a duration over the role's or the chain's limit (rule 49).

    """
    database, role = call.accounts.database, _role(call, wanted)
    assert role is not None and role.max_session is not None  # noqa: PT018 - its trust policy has just allowed
    if wanted.duration > CHAINED_LIMIT and call.caller.session is not None:
        text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        raise ServiceError("ValidationError", text)
    if wanted.duration > role.max_session:
        text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise ServiceError("ValidationError", text)
    details = SessionDetails(
        tags=wanted.tags,
        transitive_tag_keys=wanted.transitive_tag_keys,
        source_identity=wanted.source_identity,
        policies=_session_policies(call, wanted),
    )
    credentials = issue_session(
        database,
        account=role.account,
        role_id=role.id,
        role_arn=role.arn,
        name=wanted.session_name,
        now=call.now,
        duration=wanted.duration,
        details=details,
    )
    database.execute(
        "UPDATE iam_principals SET last_used = ?, last_used_region = ? WHERE id = ?", (call.now, call.region, role.id)
    )
    output: dict[str, Any] = {
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": credentials.expires,
        },
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role.id}:{wanted.session_name}",
            "Arn": f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{wanted.session_name}",
        },
    }
    if wanted.packed_size is not None:
        output["PackedPolicySize"] = wanted.packed_size
    if wanted.source_identity is not None:
        output["SourceIdentity"] = wanted.source_identity
    return output


def _role(call: Call, wanted: AssumeRoleInput) -> PrincipalRow | None:
    row = find_by_arn(call.accounts.database, wanted.role_arn)
    return row if row is not None and row.kind == "role" else None


def _session_tags(call: Call) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the session's tags and its transitive keys, the caller's transitive ones inherited (confirmed.md S11)."""
    passed = tuple((tag["Key"], tag["Value"]) for tag in call.input.get("Tags", []))
    transitive = tuple(call.input.get("TransitiveTagKeys", []))
    folded = [key.lower() for key, _ in passed]
    if len(set(folded)) < len(folded):
        text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise ServiceError("InvalidParameterValue", text)
    if any(key.lower() not in folded for key in transitive):
        text = "The specified transitive tag key must be included in the requested tags."
        raise ServiceError("InvalidParameterValue", text)
    session = call.caller.session
    if session is None or not session.transitive_tag_keys:
        return passed, transitive
    kept = {key.lower() for key in session.transitive_tag_keys}
    if kept & set(folded):
        text = (
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from"
            " the calling session."
        )
        raise ServiceError("InvalidParameterValue", text)
    inherited = tuple((key, value) for key, value in session.tags if key.lower() in kept)
    return (*passed, *inherited), (*transitive, *session.transitive_tag_keys)


def _packed_size(policy: str | None, policy_arns: tuple[str, ...], tags: tuple[tuple[str, str], ...]) -> int | None:
    """Return the percentage of the packed limit that policies and tags take, None when none were passed.

    AWS packs them in a form it doesn't document; here it is their length against the limit of the plain text.
    """
    if policy is None and not policy_arns and not tags:
        return None
    length = len(policy or "") + sum(map(len, policy_arns))
    if length > PACKED_LIMIT:
        percentage = 100 * length // PACKED_LIMIT
        text = f"Packed size of session tags and policies consumes {percentage}% of allotted space."
        raise ServiceError("PackedPolicyTooLarge", text)
    return max(1, 100 * length // PACKED_LIMIT)


def _session_policies(call: Call, wanted: AssumeRoleInput) -> tuple[SessionPolicy, ...]:
    database = call.accounts.database
    policies = [] if wanted.policy is None else [SessionPolicy("session policy", wanted.policy)]
    for arn in wanted.policy_arns:
        if not policy_exists(database, arn, wanted.account):
            raise ServiceError("MalformedPolicyDocument", f"Policy {arn} does not exist or is not attachable.")
        policy = managed_policy(database, arn, PolicyKind.SESSION)
        policies.append(SessionPolicy(policy.name, json.dumps(policy.document.source), arn))
    return tuple(policies)


ASSUME_ROLE = Operation(
    "AssumeRole",
    frozenset(
        {
            "RoleArn",
            "RoleSessionName",
            "DurationSeconds",
            "ExternalId",
            "Policy",
            "PolicyArns",
            "Tags",
            "TransitiveTagKeys",
            "SourceIdentity",
        }
    ),
    read,
    needs,
    serve,
)
