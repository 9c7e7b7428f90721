"""The request context of each hop, as far as it is known.

A key that isn't here is unknown; None is known to be absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crossgrant.doctor.expected import Expected
from crossgrant.doctor.statements import statements
from crossgrant.evidence import Function, NotRead, Role
from crossgrant.iam import RequestContext

if TYPE_CHECKING:
    from crossgrant.doctor.inquiry import Inquiry
    from crossgrant.iam import ContextValue

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
# What a function's own call never has: these belong to calls of services, of people, and of other sign-ins.
NEVER = (
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:MultiFactorAuthAge",
    "aws:FederatedProvider",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "ec2:SourceInstanceArn",
)
ONLY_THROUGH_AN_ENDPOINT = (
    "aws:SourceVpce",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
)


def assume_context(inquiry: Inquiry, action: str) -> RequestContext:
    """Return the context of the function's own call on STS."""
    known = _common(inquiry)
    function = inquiry.function
    if isinstance(function, Function):
        known["lambda:SourceFunctionArn"] = function.arn
        if function.vpc is None:
            known |= dict.fromkeys(ONLY_THROUGH_AN_ENDPOINT)
    role = inquiry.role
    documents = [role.trust] if isinstance(role, Role) and not isinstance(role.trust, NotRead) else []
    execution = inquiry.execution_role
    if isinstance(execution, Role):
        known |= _tags("aws:PrincipalTag/", execution, documents)
    if isinstance(role, Role):
        known |= _tags("aws:ResourceTag/", role, documents) | _tags("iam:ResourceTag/", role, documents)
    if not isinstance(inquiry.caller.organization_id, NotRead):
        known["aws:PrincipalOrgID"] = inquiry.caller.organization_id
        if inquiry.caller.organization_id is None:
            known["aws:PrincipalOrgPaths"] = None
    if not isinstance(inquiry.owner.organization_id, NotRead):
        known["aws:ResourceOrgID"] = inquiry.owner.organization_id
    return RequestContext.of(known | _parameters(inquiry, action), complete=False)


def read_context(inquiry: Inquiry) -> RequestContext:
    """Return the context of a call on the table.

    The keys and attributes that a denied call asked for are not in its text; a grant that is only checked is asked for
    what it grants.
    """
    known = _common(inquiry)
    function, expected = inquiry.function, inquiry.expected
    if inquiry.by_owner_session:
        known["lambda:SourceFunctionArn"] = None
    elif isinstance(function, Function):
        known["lambda:SourceFunctionArn"] = function.arn
    if inquiry.by_owner_session:
        known |= {f"aws:PrincipalTag/{name}": value for name, value in (inquiry.call.tags or {}).items()}
    if expected and not inquiry.denied:
        known |= _granted_items(expected)
    return RequestContext.of(known, complete=False)


def _granted_items(expected: Expected) -> dict[str, ContextValue]:
    """Return the keys of a call for exactly the items and attributes of a grant."""
    tags = {f"${{aws:PrincipalTag/{name}}}": value for name, value in expected.tags.items()}
    known: dict[str, ContextValue] = {}
    if expected.leading_keys:
        keys = [tags.get(each, each) for each in expected.leading_keys]
        known["dynamodb:LeadingKeys"] = known["dynamodb:FirstPartitionKeyValues"] = keys  # one and the same
    if expected.attributes:
        known["dynamodb:Attributes"] = list(expected.attributes)
        known["dynamodb:Select"] = "SPECIFIC_ATTRIBUTES"
        known["dynamodb:ReturnValues"] = "NONE"
    return known


def _common(inquiry: Inquiry) -> dict[str, ContextValue]:
    now = datetime.fromtimestamp(inquiry.now, UTC)
    return {
        **dict.fromkeys(NEVER),
        "aws:MultiFactorAuthPresent": False,
        "aws:PrincipalIsAWSService": False,
        "aws:ViaAWSService": False,
        "aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": int(inquiry.now),
    }


def _parameters(inquiry: Inquiry, action: str) -> dict[str, ContextValue]:
    """Return the keys that the call's own parameters set, as far as what it sends is known.

    ExternalId and RoleSessionName reach sts:AssumeRole alone, tags and the source identity what authorizes them too.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
    """
    call = inquiry.call
    own: dict[str, ContextValue] = {}
    if action == "sts:AssumeRole":
        own = {"sts:ExternalId": call.external_id, "sts:RoleSessionName": call.session_name}
    if action != "sts:TagSession":
        own["sts:SourceIdentity"] = call.source_identity
    if action != "sts:SetSourceIdentity":
        own["aws:TagKeys"] = list(call.tags) if call.tags else None
    never = {"sts:ExternalId", "sts:RoleSessionName", "sts:SourceIdentity", "aws:TagKeys"} - own.keys()
    unsaid = {"sts:RoleSessionName"} if call.session_name is None else set()
    known = {key: value for key, value in own.items() if value is not None or (call.whole and key not in unsaid)}
    if "aws:TagKeys" in known:
        known |= {f"aws:RequestTag/{name}": value for name, value in (call.tags or {}).items()}
    return {**dict.fromkeys(never), **known}


def _tags(prefix: str, role: Role, documents: Sequence[object]) -> dict[str, ContextValue]:
    """Return the tag keys that the documents ask for, with the role's tags: a tag that it lacks is absent."""
    if isinstance(role.tags, NotRead):
        return {}
    tags = {f"{prefix}{name}": value for name, value in role.tags.items()}
    asked = (
        key
        for document in documents
        if isinstance(document, dict)
        for statement in statements(document)
        for _, key, _ in statement.conditions()
        if key.lower().startswith(prefix.lower())
    )
    known = {name.lower() for name in tags}
    return {**dict.fromkeys(each for each in asked if each.lower() not in known), **tags}
