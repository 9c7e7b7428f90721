"""What must stay impossible while the grant holds, and the questions that `--mutate` repeats.

Each neighbour has everything that its own side can give: what refuses it is the one part of the grant made for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from crossgrant.demo.calls import assume_role, create_function, forge_logs, get_item, probe, update_trust
from crossgrant.demo.cast import (
    DEVELOPER,
    EXTERNAL_ID,
    ITEM,
    OTHER_FUNCTION,
    OTHER_ROLE,
    OTHER_TABLE,
    PROBE_FOLDER,
    SHARING_FUNCTION,
    STRANGER,
    Cast,
)
from crossgrant.demo.step import AdvanceClock, Call, Done, Layer, Refused, Step, Value

_SESSION = 900  # the shortest session that STS gives, in seconds
_PAST_THE_SESSION = 16  # minutes


def impossible(cast: Cast) -> tuple[Step, ...]:
    """Return every refusal, then the two that need a change first: an external id, and time."""
    read, function = get_item(cast.grant.table.name), cast.grant.function.name
    short: Mapping[str, Value] = {"ExternalId": EXTERNAL_ID, "DurationSeconds": _SESSION}
    return (
        *refusals(cast, external_id=None),
        Step(
            "external-id",
            "the owner's trust asks for an external id",
            (ask_for_external_id(cast),),
        ),
        Step("right-external-id", "the function sends it", (probe(function, read, _RIGHT),), Done(ITEM)),
        Step("wrong-external-id", "it sends another", (probe(function, read, _WRONG),), _NOT_TRUSTED),
        Step(
            "expired-session",
            f"a session of {_SESSION // 60} minutes is used after {_PAST_THE_SESSION}",
            (
                probe(function, read, short, session="keep"),
                AdvanceClock(_PAST_THE_SESSION),
                probe(function, read, session="reuse"),
            ),
            Refused("ExpiredTokenException"),
            "no policy is asked: an ended session is nobody",
        ),
    )


_RIGHT, _WRONG = {"ExternalId": EXTERNAL_ID}, {"ExternalId": "orders-0000"}
_NOT_TRUSTED = Refused("AccessDenied", "sts:AssumeRole", Layer.RESOURCE)
_NOT_ALLOWED = Refused("AccessDenied", "sts:AssumeRole", Layer.PRINCIPAL)


def refusals(cast: Cast, external_id: str | None) -> tuple[Step, ...]:
    """Return what must stay impossible while the grant holds; each neighbour sends `external_id` where one is asked."""
    table, function = cast.grant.table.name, cast.grant.function.name
    sent = {} if external_id is None else {"ExternalId": external_id}
    admin = {"RoleArn": f"arn:aws:iam::{cast.grant.owner.id}:role/{OTHER_ROLE}"}
    read, own_logs = get_item(table), cast.plain.caller.log_group
    return (
        Step(
            "another-function",
            "another function, with a role of its own",
            (probe(OTHER_FUNCTION, read, sent),),
            _NOT_TRUSTED,
        ),
        Step(
            "a-function-sharing-the-role",
            "another function that shares the execution role",
            (probe(SHARING_FUNCTION, read, sent),),
            _NOT_ALLOWED,
        ),
        Step(
            "a-user-of-a-third-account",
            "a user of a third account assumes the role",
            (assume_role(STRANGER, cast.owner_role.arn, sent),),
            _NOT_TRUSTED,
        ),
        Step(
            "a-user-as-the-function",
            "a user of the caller's account assumes the execution role",
            (assume_role(DEVELOPER, cast.execution_role.arn, {}),),
            _NOT_TRUSTED,
        ),
        Step(
            "another-role",
            "the function assumes another role that trusts it",
            (probe(function, read, admin),),
            _NOT_ALLOWED,
        ),
        Step(
            "put-item",
            "the function writes",
            (probe(function, ("dynamodb.put_item", {"TableName": table, "Item": ITEM}), sent),),
            Refused("AccessDeniedException", "dynamodb:PutItem", Layer.PRINCIPAL),
        ),
        Step(
            "another-table",
            "the function reads another table",
            (probe(function, get_item(OTHER_TABLE), sent),),
            Refused("AccessDeniedException", "dynamodb:GetItem", Layer.PRINCIPAL),
        ),
        Step(
            "its-own-logs",
            "the function reads its logs, which it may only write",
            (probe(function, ("logs.filter_log_events", {"logGroupName": own_logs}), session="own"),),
            Refused("AccessDeniedException", "logs:FilterLogEvents", Layer.PRINCIPAL),
        ),
        Step(
            "another-functions-logs",
            "the function writes to another function's logs",
            (probe(function, forge_logs(f"/aws/lambda/{OTHER_FUNCTION}"), session="own"),),
            Refused("AccessDeniedException", "logs:CreateLogStream", Layer.PRINCIPAL),
        ),
    )


def checks(cast: Cast) -> tuple[Step, ...]:
    """Return the questions that `--mutate` asks under each mutation, with the external id asked for."""
    read, function = get_item(cast.grant.table.name), cast.grant.function.name
    own_logs = cast.plain.caller.log_group
    spare = "orders-spare"
    return (
        Step(
            "the-role-is-lambdas",
            "a function can be made with the execution role",
            (
                *create_function("caller", cast, spare, cast.execution_role.arn, PROBE_FOLDER),
                Call("caller", "lambda", "delete_function", {"FunctionName": spare}),
            ),
        ),
        Step("granted", "the function reads the item", (probe(function, read, _RIGHT),), Done(ITEM)),
        Step(
            "its-own-log-group",
            "the function may make its log group, which is there",
            (probe(function, ("logs.create_log_group", {"logGroupName": own_logs}), session="own"),),
            Refused("ResourceAlreadyExistsException"),
        ),
        *refusals(cast, EXTERNAL_ID),
        Step(
            "wrong-external-id",
            "the function sends another external id",
            (probe(function, read, _WRONG),),
            _NOT_TRUSTED,
        ),
    )


def ask_for_external_id(cast: Cast) -> Call:
    """Return the call that makes the owner's trust ask for the external id."""
    return update_trust("owner", cast.owner_role.name, cast.trust(external_id=True).as_json())
