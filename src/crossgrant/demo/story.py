"""The story: two accounts, a function that is refused, granted, and reads; then all that must stay impossible."""

from __future__ import annotations

from crossgrant.demo.calls import create_function, create_role, create_table, put_item, put_user_policy, update_trust
from crossgrant.demo.cast import (
    DEVELOPER,
    FUNCTION_FOLDER,
    ITEM,
    ITEM_ID,
    OTHER_FUNCTION,
    OTHER_ROLE,
    OTHER_TABLE,
    PROBE_FOLDER,
    SHARING_FUNCTION,
    STRANGER,
    Cast,
    may_assume,
    trust_in,
)
from crossgrant.demo.impossible import impossible
from crossgrant.demo.step import Call, Chapter, Done, Layer, Refused, Step, Wait
from crossgrant.grants import Document, Role


def chapters(cast: Cast) -> tuple[Chapter, ...]:
    """Return the whole story."""
    return (
        Chapter("Two accounts, a table, a function, and a role between them", _setting(cast)),
        Chapter("From the refusal to the item", _granting(cast)),
        Chapter("The neighbours, each with everything that its own side can give", neighbours(cast)),
        Chapter("What must stay impossible, each tried for real", impossible(cast)),
    )


def _setting(cast: Cast) -> tuple[Step, ...]:
    grant, owner = cast.grant, cast.grant.owner
    own_root = f"arn:aws:iam::{owner.id}:root"
    return (
        Step("table", "the owner has a table", create_table("owner", grant.table.name)),
        Step("item", "with one item in it", (put_item("owner", grant.table.name),)),
        Step(
            "execution-role",
            "the caller has an execution role, which may assume the owner's role from this function alone",
            create_role("caller", cast.execution_role),
        ),
        Step(
            "function",
            "and a function that runs as this role",
            create_function("caller", cast, grant.function.name, cast.execution_role.arn, FUNCTION_FOLDER),
        ),
        Step(
            "owner-role",
            "the owner has a role that may read the table, and trusts its own account alone",
            create_role("owner", cast.owner_role, trust=trust_in(own_root)),
        ),
    )


def _granting(cast: Cast) -> tuple[Step, ...]:
    function = cast.grant.function.name
    read = Call("caller", "lambda", "invoke", {"FunctionName": function, "Payload": {"id": ITEM_ID}})
    return (
        Step(
            "refused",
            "the function asks for the item",
            (read,),
            Refused("AccessDenied", "sts:AssumeRole", Layer.RESOURCE),
            "the caller's side allows it, the owner's does not: across accounts both must",
        ),
        Step(
            "function-arn",
            "the owner trusts the function's ARN",
            (_trust(cast, trust_in(cast.plain.caller.function_arn)),),
            Refused("MalformedPolicyDocument", saying="Invalid principal in policy"),
            "a function is no principal: it acts as its execution role",
        ),
        Step(
            "trust",
            "the owner trusts the execution role",
            (_trust(cast, cast.trust(external_id=False)),),
        ),
        Step("granted", "the function asks again", (read,), Done(ITEM)),
    )


def neighbours(cast: Cast) -> tuple[Step, ...]:
    """Return the steps that give each neighbour everything its own side can give."""
    grant, caller = cast.grant, cast.grant.caller
    other_role_arn = f"arn:aws:iam::{caller.id}:role/{OTHER_FUNCTION}-exec"
    other = Role(other_role_arn, cast.execution_role.trust_policy, "may-assume", may_assume(cast.owner_role.arn))
    admin_arn = f"arn:aws:iam::{grant.owner.id}:role/{OTHER_ROLE}"
    admin = Role(admin_arn, trust_in(cast.execution_role.arn), cast.owner_role.policy_name, cast.owner_role.policy)
    return (
        Step(
            "other-function",
            f"{OTHER_FUNCTION}: its own role, which may assume the owner's",
            (
                *create_role("caller", other),
                *create_function("caller", cast, OTHER_FUNCTION, other_role_arn, PROBE_FOLDER),
            ),
        ),
        Step(
            "sharing-function",
            f"{SHARING_FUNCTION}: the same execution role",
            create_function("caller", cast, SHARING_FUNCTION, cast.execution_role.arn, PROBE_FOLDER),
        ),
        Step(
            "other-table",
            f"{OTHER_TABLE}: another table of the owner",
            (*create_table("owner", OTHER_TABLE), put_item("owner", OTHER_TABLE)),
        ),
        Step(
            "other-role",
            f"{OTHER_ROLE}: another role of the owner, which trusts the function",
            create_role("owner", admin),
        ),
        Step(
            "users",
            f"{DEVELOPER}, a user of the caller, and {STRANGER}, of a third account: each may assume what it will try",
            (
                put_user_policy("caller", DEVELOPER, may_assume(cast.execution_role.arn)),
                put_user_policy("third", STRANGER, may_assume(cast.owner_role.arn)),
            ),
        ),
        Step(
            "probe",
            "the granted function itself: its code replaced by one that tries anything",
            (
                Call(
                    "caller",
                    "lambda",
                    "update_function_code",
                    {"FunctionName": grant.function.name, "ZipFile": PROBE_FOLDER},
                ),
                Wait("caller", "lambda", "function_updated_v2", {"FunctionName": grant.function.name}),
            ),
        ),
    )


def _trust(cast: Cast, document: Document) -> Call:
    return update_trust("owner", cast.owner_role.name, document.as_json())
