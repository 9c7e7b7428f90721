"""The faults that can be put into a working grant of the embedded accounts, each with the cause that it is.

A fault names what it changes, so that two faults that change the same are not put in together.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import ClientError, NoCredentialsError, ProfileNotFound

from support.fault_world import CALLER, INDEX, OWNER, STRANGER, TABLE_ARN, World, allow, document

Inject = Callable[[World], object]


@dataclass(frozen=True)
class Fault:
    """One fault: the cause that `why` must name, what it changes, how it is put in, and when among several."""

    id: str
    touches: str
    inject: Inject
    rank: int = 0

    def goes_with(self, other: Fault) -> bool:
        """Whether both can be put in: neither undoes what the other changes."""
        return not set(self.touches.split(", ")) & set(other.touches.split(", "))

    @property
    def cause(self) -> str:
        return self.id.partition("/")[0]


def _make_role_again(world: World) -> None:
    iam = world.caller_iam
    iam.delete_role_policy(RoleName=world.execution_role, PolicyName="hop")
    iam.delete_role(RoleName=world.execution_role)
    world.make_execution_role(world.execution_role)
    world.put_caller_policy(allow("sts:AssumeRole", world.role_arn))


def _run_as_another_role(world: World) -> None:
    arn = world.make_execution_role(f"{world.execution_role}-2")
    world.put_caller_policy(allow("sts:AssumeRole", world.role_arn), role=f"{world.execution_role}-2")
    world.configure(Role=arn)


def _trust_a_role_that_is_no_functions(world: World) -> None:
    ec2 = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    name = f"{world.execution_role}-other"
    arn = world.caller_iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(ec2))["Role"]["Arn"]
    world.put_trust(world.trust({"AWS": arn}))


def _delete_the_owner_role(world: World) -> None:
    world.owner_iam.delete_role_policy(RoleName=world.role, PolicyName="table")
    world.owner_iam.delete_role(RoleName=world.role)


def _condition(operator: str, key: str, value: str) -> Inject:
    return lambda world: world.put_trust(world.trust(Condition={operator: {key: value}}))


def _without_path(world: World) -> None:
    bare = f"arn:aws:iam::{CALLER}:role/{world.execution_role}"
    world.put_trust(
        world.trust({"AWS": f"arn:aws:iam::{CALLER}:root"}, Condition={"ArnEquals": {"aws:PrincipalArn": bare}})
    )


def _environment(**variables: str | None) -> Inject:
    return lambda world: world.configure(variables)


def _deny(world: World) -> None:
    world.put_caller_policy(
        allow("sts:AssumeRole", world.role_arn),
        {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{OWNER}:role/*"},
    )


def _of_another_function(world: World) -> None:
    other = f"arn:aws:lambda:us-east-1:{CALLER}:function:another"
    world.put_caller_policy(
        allow("sts:AssumeRole", world.role_arn, Condition={"ArnEquals": {"lambda:SourceFunctionArn": other}})
    )


def _query_the_index(world: World) -> None:
    world.put_owner_policy(allow(["dynamodb:GetItem", "dynamodb:Query"], TABLE_ARN))
    world.configure({"CALL": "Query", "INDEX": INDEX})


def _ask_for_a_table_that_is_not_there(world: World) -> None:
    world.put_owner_policy(allow("dynamodb:GetItem", TABLE_ARN.replace("Orders", "*")))
    world.configure({"TABLE_NAME": "Order"})


def _leading_keys(world: World) -> None:
    condition = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["another"]}}
    world.put_owner_policy(allow("dynamodb:GetItem", TABLE_ARN, Condition=condition))


def _trust_another_function(world: World) -> None:
    """Trust the role of another function, which has no permission itself."""
    world.put_trust(world.trust({"AWS": world.make_execution_role(f"{world.execution_role}-3")}))


def _trust_for_tags_alone(world: World) -> None:
    principal = {"AWS": world.execution_role_arn}
    world.put_trust(document({"Effect": "Allow", "Principal": principal, "Action": "sts:TagSession"}))


def _run_as_a_role_without_permission(world: World) -> None:
    world.configure(Role=world.make_execution_role(f"{world.execution_role}-2"))


def _trust_the_session_of_another_function(world: World) -> None:
    world.put_trust(world.trust({"AWS": f"arn:aws:sts::{CALLER}:assumed-role/{world.execution_role}/another"}))


def _make_role_again_among_others(world: World) -> None:
    world.put_trust(world.trust({"AWS": [STRANGER, world.execution_role_arn]}))
    _make_role_again(world)


def _a_wrong_external_id(world: World) -> None:
    world.put_trust(world.trust(Condition={"StringEquals": {"sts:ExternalId": "orders-2026"}}))
    world.configure({"EXTERNAL_ID": "orders-2025"})


def _deny_in_the_trust_policy(world: World) -> None:
    trust = world.trust()
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Condition": {"Null": {"aws:PrincipalOrgID": "true"}},
    }
    world.put_trust({**trust, "Statement": [*trust["Statement"], deny]})


def _without_path_like(world: World) -> None:
    bare = f"arn:aws:iam::{CALLER}:role/{world.execution_role}"
    condition = {"StringLike": {"aws:PrincipalArn": [bare, "arn:aws:iam::*:role/other"]}}
    world.put_trust(world.trust({"AWS": "*"}, Condition=condition))


# The nine that share one text.
ONE_TEXT = (
    Fault("F01", "caller policy", lambda world: world.put_caller_policy(allow("sts:GetCallerIdentity", "*")), rank=2),
    Fault("F02", "trust, principal", lambda world: world.put_trust(world.trust({"AWS": STRANGER}))),
    Fault(
        "F03",
        "environment",
        lambda world: world.configure({"OWNER_ROLE_ARN": world.role_arn.replace("reader", "raeder")}),
    ),
    Fault("F05", "trust, principal", lambda world: world.put_trust(world.trust({"Service": "lambda.amazonaws.com"}))),
    Fault("F07", "principal", _make_role_again, rank=1),
    Fault("F08", "trust, principal", _without_path),
    Fault("F10", "principal, caller policy", _run_as_another_role, rank=1),
    Fault("F11", "trust", _condition("StringEquals", "sts:ExternalId", "orders-2026")),
    Fault("F14", "trust", _condition("Bool", "aws:MultiFactorAuthPresent", "true")),
)

# Other forms of them.
VARIANTS = (
    Fault("F01/deny", "caller policy", _deny),
    Fault("F01/another-function", "caller policy", _of_another_function),
    Fault("F02/another-role", "trust", _trust_a_role_that_is_no_functions),
    Fault(
        "F03/case",
        "environment",
        lambda world: world.configure({"OWNER_ROLE_ARN": world.role_arn.replace("orders", "Orders")}),
    ),
    Fault(
        "F03/account",
        "environment",
        lambda world: world.configure({"OWNER_ROLE_ARN": world.role_arn.replace(OWNER, STRANGER)}),
    ),
    Fault("F03/deleted", "owner role", _delete_the_owner_role),
    Fault("F02/another-function", "trust", _trust_another_function),
    Fault("F02/another-action", "trust", _trust_for_tags_alone),
    Fault("F07/among-others", "principal", _make_role_again_among_others),
    Fault("F08/like", "trust, principal", _without_path_like),
    Fault("F10/without-permission", "principal, caller policy", _run_as_a_role_without_permission),
    Fault("F10/session", "trust", _trust_the_session_of_another_function),
    Fault("F11/wrong", "trust", _a_wrong_external_id),
    Fault("F11/like", "trust", _condition("StringLike", "sts:ExternalId", "orders-*")),
    Fault("F14/expired", "trust", _condition("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z")),
    Fault("F14/source-arn", "trust", _condition("ArnLike", "aws:SourceArn", "arn:aws:lambda:*:*:function:*")),
    Fault("F14/source-account", "trust", _condition("StringEquals", "aws:SourceAccount", CALLER)),
    Fault("F14/organization", "trust", _condition("StringEquals", "aws:PrincipalOrgID", "o-example")),
    Fault("F14/endpoint", "trust", _condition("StringEquals", "aws:SourceVpce", "vpce-1")),
    Fault("F14/tag", "trust", _condition("StringEquals", "aws:PrincipalTag/team", "orders")),
    Fault("F14/session-name", "trust", _condition("StringEquals", "sts:RoleSessionName", "someone")),
    Fault("F14/deny", "trust", _deny_in_the_trust_policy),
    Fault("F14/address", "trust", _condition("IpAddress", "aws:SourceIp", "203.0.113.0/24")),
)

# The first hop's other texts, the second hop's, and what is no question of access.
OTHERS = (
    Fault("F12", "tags", _environment(SESSION_TAGS='{"team":"orders"}')),
    Fault("F13", "source identity", _environment(SOURCE_IDENTITY="orders")),
    Fault("F18", "session policy", _environment(SESSION_POLICY=json.dumps(document(allow("dynamodb:Query", "*"))))),
    Fault("F19", "duration", _environment(SESSION_DURATION="7200")),
    Fault("F20", "duration", _environment(SESSION_DURATION="600")),
    Fault("F21", "session name", _environment(SESSION_NAME="orders for tenant:2")),
    Fault("F30", "credentials", _environment(OWN_CREDENTIALS="1")),
    Fault("F32", "environment", _environment(TABLE_NAME="Order")),
    Fault("F32/not-found", "environment, owner policy", _ask_for_a_table_that_is_not_there),
    Fault("F33", "owner policy", lambda world: world.put_owner_policy(allow("logs:PutLogEvents", "*"))),
    Fault("F34", "call, owner policy", _environment(CALL="DescribeTable")),
    Fault("F35", "call", _environment(CALL="ListTables")),
    Fault("F36", "owner policy, call", _query_the_index),
    Fault("F37", "call, owner policy", _environment(CALL="Scan")),
    Fault(
        "F38",
        "owner policy",
        lambda world: world.put_owner_policy(allow("dynamodb:GetItem", TABLE_ARN.replace("us-east-1", "eu-west-1"))),
    ),
    Fault("F39", "owner policy", _leading_keys),
    Fault("F46", "call", _environment(KEY_NAME="pk")),
    Fault("F47", "call", _environment(KEY="o-999")),
    Fault("F48", "call", _environment(CALL="Decimal")),
    Fault("F52", "credentials", _environment(NO_TOKEN="1")),
    Fault("F53", "call", lambda world: world.configure({"CALL": "Sleep"}, Timeout=1)),
    Fault(
        "F70",
        "environment",
        lambda world: world.configure({"OWNER_ROLE_ARN": world.role_arn.replace(OWNER, OWNER[1:])}),
    ),
    Fault("F72", "environment", lambda world: world.configure({"OWNER_ROLE_ARN": world.execution_role_arn})),
    Fault("F54", "environment", _environment(OWNER_ROLE_ARN=None)),
)

FAULTS = (*ONE_TEXT, *VARIANTS, *OTHERS)


def _put_table_policy(world: World, action: str) -> None:
    statement = {**allow(action, TABLE_ARN), "Principal": {"AWS": world.execution_role_arn}}
    world.client("dynamodb", "owner").put_resource_policy(ResourceArn=TABLE_ARN, Policy=json.dumps(document(statement)))


def _direct(world: World) -> None:
    """Turn a world into one that reads by the table's policy, without a role of the owner."""
    world.put_caller_policy(allow("dynamodb:GetItem", TABLE_ARN))
    _put_table_policy(world, "dynamodb:GetItem")
    world.configure({"OWNER_ROLE_ARN": None, "TABLE_NAME": None, "TABLE_ARN": TABLE_ARN})


def _direct_without_the_owner(world: World) -> None:
    _direct(world)
    world.client("dynamodb", "owner").delete_resource_policy(ResourceArn=TABLE_ARN)


def _direct_without_the_caller(world: World) -> None:
    _direct(world)
    world.put_caller_policy(allow("sts:GetCallerIdentity", "*"))


def _direct_by_name(world: World) -> None:
    _direct(world)
    world.configure({"TABLE_ARN": "Orders"})


TO_DIRECT = Fault("direct", "everything", _direct)
DIRECT = (
    Fault("F45/owner", "table policy", _direct_without_the_owner),
    Fault("F45/caller", "caller policy", _direct_without_the_caller),
    Fault("F42", "environment", _direct_by_name),
)


def _refused(call: Callable[[], object]) -> str:
    try:
        call()
    except ClientError as error:
        return str(error)
    raise AssertionError("the call was not refused")


# What is refused when it is written: the text is the deployer's.
WRITTEN: tuple[tuple[str, Callable[[World], str]], ...] = (
    (
        "F04",
        lambda world: _refused(
            lambda: world.put_trust(
                world.trust({"AWS": f"arn:aws:lambda:us-east-1:{CALLER}:function:{world.function}"})
            )
        ),
    ),
    (
        "F06",
        lambda world: _refused(lambda: world.put_trust(world.trust({"AWS": f"arn:aws:iam::{CALLER}:role/not-yet"}))),
    ),
    (
        "F09",
        lambda world: _refused(lambda: world.put_trust(world.trust({"AWS": f"arn:aws:iam::{CALLER}:role/orders-*"}))),
    ),
    ("F23", lambda world: _refused(lambda: _trust_ec2(world))),
    ("F24", lambda world: _refused(lambda: world.configure(Role=world.role_arn))),
    ("F29", lambda _: str(NoCredentialsError())),
    ("F44", lambda world: _refused(lambda: _put_table_policy(world, "dynamodb:GetRecords"))),
    ("F62", lambda world: _refused(lambda: world.make_execution_role(world.execution_role))),
    ("F65", lambda world: _refused(lambda: world.put_trust(document(allow("sts:AssumeRole", "*"))))),
    ("F64", lambda _: str(ProfileNotFound(profile="b"))),
    ("F69", lambda world: _refused(lambda: world.put_caller_policy(allow("s3:*", "*"), role=world.role))),
)


def _trust_ec2(world: World) -> None:
    ec2 = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    name = f"{world.execution_role}-ec2"
    arn = world.caller_iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(ec2))["Role"]["Arn"]
    world.configure(Role=arn)
