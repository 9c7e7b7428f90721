"""What is known of one account: frozen values, each part either known or `NotRead`, never assumed empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")
JsonObject: TypeAlias = Mapping[str, Any]
"""A policy document or an API's answer, as it was read."""


@dataclass(frozen=True, slots=True)
class NotRead:
    """A part that is not known, and why."""

    reason: str


Known: TypeAlias = T | NotRead
UNREAD = NotRead("not in the evidence")


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """The things of one kind in an account.

    `found` are the ones that were read and `absent` the names that are known not to exist. `rest` says why nothing is
    known of any other name; None means that `found` is all there is.
    """

    found: Mapping[str, T] = field(default_factory=lambda: MappingProxyType({}))
    absent: frozenset[str] = frozenset()
    rest: NotRead | None = UNREAD

    def get(self, name: str) -> T | NotRead | None:
        """Return the thing of that name, None if it does not exist, or why that isn't known."""
        if name in self.found:
            return self.found[name]
        return None if name in self.absent or self.rest is None else self.rest


@dataclass(frozen=True, slots=True)
class AttachedPolicy:
    """A policy of a role, inline (without an ARN) or managed; or one of an organization."""

    name: str
    document: Known[JsonObject]
    arn: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role; `unique_id` is AROA…, times are epoch seconds."""

    arn: str
    unique_id: Known[str] = UNREAD
    trust: Known[JsonObject] = UNREAD
    policies: Known[tuple[AttachedPolicy, ...]] = UNREAD
    boundary: Known[AttachedPolicy | None] = UNREAD
    max_session_duration: Known[int] = UNREAD
    created: Known[float] = UNREAD
    last_used: Known[float | None] = UNREAD
    tags: Known[Mapping[str, str]] = UNREAD

    @property
    def name(self) -> str:
        """The role's name, without its path."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function's configuration; `vpc` is None outside a VPC."""

    arn: str
    role_arn: Known[str] = UNREAD
    environment: Known[Mapping[str, str]] = UNREAD
    timeout: Known[int] = UNREAD
    vpc: Known[str | None] = UNREAD

    @property
    def name(self) -> str:
        """The function's name."""
        return self.arn.split(":")[6]


@dataclass(frozen=True, slots=True)
class Table:
    """A DynamoDB table; `key_arn` is None under the AWS owned key, `policy` None where there is none."""

    arn: str
    status: Known[str] = UNREAD
    key: Known[Mapping[str, str]] = UNREAD
    indexes: Known[tuple[str, ...]] = UNREAD
    key_arn: Known[str | None] = UNREAD
    policy: Known[JsonObject | None] = UNREAD

    @property
    def name(self) -> str:
        """The table's name."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key; `aws_managed` is aws/dynamodb and the like."""

    arn: str
    enabled: Known[bool] = UNREAD
    aws_managed: Known[bool] = UNREAD
    policy: Known[JsonObject] = UNREAD


@dataclass(frozen=True, slots=True)
class VpcEndpoint:
    """A VPC endpoint of a service (`sts`, `dynamodb`) and its policy."""

    id: str
    vpc: str
    service: str
    policy: Known[JsonObject] = UNREAD


Levels: TypeAlias = tuple[tuple[AttachedPolicy, ...], ...]
"""An organization's control policies, a tuple for each level from the root to the account; () in no organization."""


@dataclass(frozen=True, slots=True)
class AccountSnapshot:
    """One account as it was read; `origin` says where from. Roles go by name, everything else by ARN.

    `as_deployed` is False for templates and plans: they say what is meant, not what is.
    """

    origin: str
    account_id: Known[str] = UNREAD
    roles: Section[Role] = field(default_factory=Section)
    functions: Section[Function] = field(default_factory=Section)
    tables: Section[Table] = field(default_factory=Section)
    keys: Section[Key] = field(default_factory=Section)
    vpc_endpoints: Known[tuple[VpcEndpoint, ...]] = UNREAD
    organization_id: Known[str | None] = UNREAD
    service_control: Known[Levels] = UNREAD
    resource_control: Known[Levels] = UNREAD
    as_deployed: bool = True


NOT_GIVEN = NotRead("no evidence of this account was given")
NOTHING = AccountSnapshot(
    origin="",
    account_id=NOT_GIVEN,
    roles=Section(rest=NOT_GIVEN),
    functions=Section(rest=NOT_GIVEN),
    tables=Section(rest=NOT_GIVEN),
    keys=Section(rest=NOT_GIVEN),
    vpc_endpoints=NOT_GIVEN,
    organization_id=NOT_GIVEN,
    service_control=NOT_GIVEN,
    resource_control=NOT_GIVEN,
)
"""The snapshot of a side that nobody showed."""
