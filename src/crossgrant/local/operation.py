"""The vocabulary of the embedded services: a call, the access it needs, and the operation that serves it.

An operation is three functions. `read` validates the input by itself, `needs` names the decisions that the call needs,
and `serve` acts, after every need was granted. The gateway calls them in that order and knows no more of a service.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from crossgrant.iam import Policy, Principal

if TYPE_CHECKING:
    from crossgrant.local.accounts import Accounts

ContextValue = str | bool | int | float | tuple[str, ...] | list[str] | None
Output = Mapping[str, Any]
T = TypeVar("T")


class ServiceError(Exception):
    """An error that AWS would answer: its code, its text, its HTTP status.

    Args:
        code: AWS's code, such as `ResourceNotFoundException`.
        message: AWS's text.
        status: HTTP status.
        members: further members of the error's body, by the model's names.

    """

    def __init__(self, code: str, message: str, status: int = 400, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members: Mapping[str, Any] = members or {}


@dataclass(frozen=True, slots=True)
class Session:
    """What temporary credentials carry beside the role they are of (times in epoch seconds of the gateway's clock)."""

    name: str
    issued: float
    expires: float
    role_id: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    source_function_arn: str | None = None
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request: the principal, its account, and the session when the key is temporary."""

    principal: Principal
    account_id: str
    access_key_id: str
    principal_id: str
    session: Session | None = None
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Call:
    """One request, as a service sees it.

    `input` has the model's member names; blobs are bytes, timestamps are floats. `now` is the gateway's clock, in epoch
    seconds. `account_id` is the caller's.
    """

    operation: str
    input: dict[str, Any]
    caller: Caller
    account_id: str
    region: str
    request_id: str
    now: float
    accounts: Accounts
    source_ip: str = "127.0.0.1"
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One decision that a call needs: whether this caller may do `action` to `resource`.

    `resource_policy` is the policy of the resource, where it has one (a table's policy, a role's trust policy).
    """

    action: str
    resource: str
    resource_account: str
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    resource_policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class RawBody:
    """An answer that a service has already written in its protocol."""

    body: bytes


class Access(StrEnum):
    """What an operation does to the state."""

    READS = "reads"
    WRITES = "writes"
    AWAITS = "awaits"


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One operation of a service.

    Args:
        name: AWS's name.
        parameters: the input members that are served; others of AWS's model are refused by name.
        read: validates the input by itself, asks no state; raises ServiceError.
        needs: the decisions needed; may look at the state, and must not tell what exists.
        serve: acts, after access was granted.
        access: WRITES puts `needs` and `serve` into one transaction, undone by any exception; an operation that AWAITS
            returns an awaitable and makes its own transactions.

    """

    name: str
    parameters: frozenset[str]
    read: Callable[[Call], T]
    needs: Callable[[Call, T], tuple[Need, ...]]
    serve: Callable[[Call, T], Output | RawBody | Awaitable[Output]]
    access: Access = Access.WRITES


@dataclass(frozen=True, slots=True)
class Service:
    """One embedded service: its signing name, the folder of its model in botocore's data, and its operations.

    `plain_json` says that the service reads and writes JSON as it stands on the wire (blobs as base64 text), and checks
    types and constraints itself, in an order of its own. `clock_window` is how far a signature's time may be off, in
    seconds. `error_namespace` gives what stands before a code in a JSON error's `__type`. `most_bytes` is the
    longest body that is looked at, where that is less than the gateway takes.
    """

    name: str
    model: str
    operations: Mapping[str, Operation[Any]]
    plain_json: bool = False
    clock_window: int = 900
    error_namespace: Callable[[str], str] = lambda _: ""
    most_bytes: int | None = None
