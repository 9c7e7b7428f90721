"""What a grant derives: both sides' roles, policies, names and ARNs.

    Grant ─► caller: the execution role, its trust and its policy
          └► owner:  the role that trusts it and its policy, or the table's policy; the key's statement

Every statement allows what the grant says and nothing beside it: exact actions on exact ARNs, and each statement has
only the condition keys that its own action sends. Nothing here reads a file, a clock or an account.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from crossgrant.grants import names
from crossgrant.grants.access import key_statement, table_statements
from crossgrant.grants.document import Condition, Document, Principal, Statement, string_equals
from crossgrant.grants.model import Account, Grant, Trust, Via


@dataclass(frozen=True, slots=True)
class Role:
    """A role and what a grant puts on it; `trust_policy` is None where the role exists already."""

    arn: str
    trust_policy: Document | None
    policy_name: str
    policy: Document

    @property
    def name(self) -> str:
        """The role's name, without its path."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class CallerSide:
    """What the function's account holds."""

    account: Account
    function_arn: str
    log_group: str
    execution_role: Role
    environment: Mapping[str, str]  # what the function must know


@dataclass(frozen=True, slots=True)
class OwnerSide:
    """What the table's account holds: a role, or a policy on the table."""

    account: Account
    table_arn: str
    role: Role | None
    table_policy: Document | None
    key_policy: Document | None  # to be added to the encryption key's policy


@dataclass(frozen=True, slots=True)
class Derivation:
    """Both sides of one grant."""

    grant: Grant
    caller: CallerSide
    owner: OwnerSide


def derive(grant: Grant) -> Derivation:
    """Return what both accounts need so that exactly `grant` is allowed."""
    match grant.via:
        case Via.ASSUME_ROLE:
            hop, owner = _assume_role_statements(grant), _owner_role_side(grant)
        case Via.RESOURCE_POLICY:
            hop, owner = _direct_statements(grant), _table_policy_side(grant)
    return Derivation(grant, _caller_side(grant, hop), owner)


def _caller_side(grant: Grant, hop: tuple[Statement, ...]) -> CallerSide:
    """Return the execution role with the statements of the way to the table.

    A role that exists has its trust policy and its log permissions already: only the hop is added to it.
    """
    exists = grant.function.execution_role is not None
    return CallerSide(
        account=grant.caller,
        function_arn=names.function_arn(grant.caller, grant.function),
        log_group=names.log_group(grant.function),
        execution_role=Role(
            arn=names.execution_role_arn(grant),
            trust_policy=None if exists else _EXECUTION_ROLE_TRUST,
            policy_name=names.policy_name(grant.name),
            policy=Document(hop if exists else (*hop, _log_statement(grant))),
        ),
        environment=MappingProxyType(_environment(grant)),
    )


# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
_EXECUTION_ROLE_TRUST = Document(
    (Statement("LambdaRunsAsThisRole", ("sts:AssumeRole",), principal=Principal("Service", "lambda.amazonaws.com")),)
)


def _log_statement(grant: Grant) -> Statement:
    """Return the permission to write the function's own log group.

    CreateLogGroup is asked for `log-group:NAME:log-stream:`, so the trailing `:*` covers the group and its streams.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
    """
    actions = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    return Statement("WriteOwnLogs", actions, (f"{names.log_group_arn(grant.caller, grant.function)}:*",))


def _from_this_function(grant: Grant) -> tuple[Condition, ...]:
    """Return the condition that the request comes from inside this function (rule 54).

    https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """
    if not grant.function.only_this_function:
        return ()
    return (Condition("ArnEquals", "lambda:SourceFunctionArn", (names.function_arn(grant.caller, grant.function),)),)


def _assume_role_statements(grant: Grant) -> tuple[Statement, ...]:
    """Return the caller's side of the first hop: one statement an authorisation (rule 50)."""
    role, conditions = (_owner_role_arn(grant),), _from_this_function(grant)
    return tuple(
        Statement(sid, (action,), role, conditions=conditions) for sid, action in _authorisations(grant, "OwnerRole")
    )


def _authorisations(grant: Grant, of: str) -> tuple[tuple[str, str], ...]:
    """Return the Sid and the action of each authorisation that one AssumeRole call needs, on both sides.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
    """
    needed = [(f"Assume{of}", "sts:AssumeRole")]
    if grant.session.tags:
        needed.append((f"Tag{of}Session", "sts:TagSession"))
    if grant.session.source_identity is not None:
        needed.append((f"SetSourceIdentityOf{of}", "sts:SetSourceIdentity"))
    return tuple(needed)


def _direct_statements(grant: Grant) -> tuple[Statement, ...]:
    """Return the caller's side without a role: its own account must allow the table's actions too (rule 7)."""
    needed = (*table_statements(grant, limit_items=False), *_decryption(grant))
    return tuple(each.also_if(_from_this_function(grant)) for each in needed)


def _decryption(grant: Grant) -> tuple[Statement, ...]:
    """Return the permission to use the table's key, where it has a customer's."""
    return () if grant.encryption_key is None else (key_statement(grant, grant.encryption_key),)


def _owner_role_side(grant: Grant) -> OwnerSide:
    role = Role(
        arn=_owner_role_arn(grant),
        trust_policy=_owner_trust(grant),
        policy_name=names.policy_name(grant.name),
        policy=Document(
            tuple(
                each.also_if(_until(grant.expires))
                for each in (*table_statements(grant, limit_items=True), *_decryption(grant))
            )
        ),
    )
    return OwnerSide(grant.owner, names.table_arn(grant), role, table_policy=None, key_policy=None)


def _owner_role_arn(grant: Grant) -> str:
    assert grant.role is not None
    return names.role_arn(grant.owner, grant.role)


def _owner_trust(grant: Grant) -> Document:
    """Return the owner's trust policy: a statement for each authorisation, with only the keys that one has.

    ExternalId reaches AssumeRole alone; request tags reach AssumeRole and TagSession; the source identity reaches
    AssumeRole and SetSourceIdentity; what says who calls reaches all three.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
    """
    session, external_id = grant.session, grant.conditions.external_id
    tags = {f"aws:RequestTag/{key}": value for key, value in session.tags.items()}
    no_other_tag = (Condition("ForAllValues:StringEquals", "aws:TagKeys", tuple(session.tags)),)
    own_keys = {
        "sts:AssumeRole": string_equals(
            {"sts:ExternalId": external_id, "sts:SourceIdentity": session.source_identity, **tags}
        ),
        "sts:TagSession": (*string_equals(tags), *no_other_tag),
        "sts:SetSourceIdentity": string_equals({"sts:SourceIdentity": session.source_identity}),
    }
    principal, caller = _caller_principal(grant)
    return Document(
        tuple(
            Statement(
                sid,
                (action,),
                principal=principal,
                conditions=(*caller, *own_keys[action], *_until(grant.expires)),
            )
            for sid, action in _authorisations(grant, "ThisRole")
        )
    )


def _caller_principal(grant: Grant) -> tuple[Principal, tuple[Condition, ...]]:
    """Return whom the owner names, and the conditions that say who calls.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    execution_role = names.execution_role_arn(grant)
    organization = string_equals({"aws:PrincipalOrgID": grant.conditions.organization})
    match grant.trust:
        case Trust.STRICT:
            return Principal("AWS", execution_role), organization
        case Trust.RESILIENT:
            this_role = Condition("ArnEquals", "aws:PrincipalArn", (execution_role,))
            return Principal("AWS", names.root_arn(grant.caller)), (this_role, *organization)
        case Trust.SESSION:
            return Principal("AWS", names.function_session_arn(grant)), organization


def _until(expires: datetime | None) -> tuple[Condition, ...]:
    """Return the condition that ends the grant, on new sessions and on those that run already."""
    if expires is None:
        return ()
    return (Condition("DateLessThan", "aws:CurrentTime", (expires.strftime("%Y-%m-%dT%H:%M:%SZ"),)),)


def _table_policy_side(grant: Grant) -> OwnerSide:
    """Return the policy of the table, and of its key: a caller of another account needs the key's word too.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    principal, caller = _caller_principal(grant)
    prefix = "".join(
        word.capitalize() for word in grant.name.split("-")
    )  # the policy may hold other grants' statements

    def named(statement: Statement) -> Statement:
        limited = statement.also_if((*caller, *_until(grant.expires)))
        return replace(limited, sid=f"{prefix}{statement.sid}", principal=principal)

    return OwnerSide(
        grant.owner,
        names.table_arn(grant),
        role=None,
        table_policy=Document(tuple(named(each) for each in table_statements(grant, limit_items=True))),
        key_policy=None if grant.encryption_key is None else Document((named(key_statement(grant, "*")),)),
    )


def _environment(grant: Grant) -> dict[str, str]:
    """Return the environment variables that tell the function where to go.

    With a table policy the table's name is its ARN: a bare name is a table of the caller's own account.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html
    """
    if grant.via is Via.RESOURCE_POLICY:
        return {"OWNER_REGION": grant.owner.region, "TABLE_NAME": names.table_arn(grant)}
    environment = {
        "OWNER_ROLE_ARN": _owner_role_arn(grant),
        "OWNER_REGION": grant.owner.region,
        "TABLE_NAME": grant.table.name,
        "SESSION_DURATION": str(grant.session.duration),
    }
    if grant.conditions.external_id is not None:
        environment["EXTERNAL_ID"] = grant.conditions.external_id
    if grant.session.source_identity is not None:
        environment["SOURCE_IDENTITY"] = grant.session.source_identity
    if grant.session.tags:
        environment["SESSION_TAGS"] = json.dumps(dict(grant.session.tags))
    return environment
