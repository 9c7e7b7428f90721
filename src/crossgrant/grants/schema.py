"""The grant file's shape, version 1: every key, and the form of what it holds.

This is the loading edge: pydantic reads the file here and nowhere else, and `load` turns the result into `model`.
docs/grant-file.md describes each key, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from crossgrant.grants.actions import expand
from crossgrant.grants.forms import (
    MOST_TAGS,
    AccountId,
    Action,
    Duration,
    ExternalId,
    FunctionName,
    GrantName,
    Handler,
    IndexName,
    KeyArn,
    Moment,
    OrganizationId,
    Region,
    RoleArn,
    RoleName,
    SourceIdentity,
    TableName,
    TagKey,
    TagValue,
)
from crossgrant.grants.model import Trust, Via


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class _Part(BaseModel):
    """A mapping of the file whose keys are all known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AccountPart(_Part):
    """`accounts.NAME`."""

    id: AccountId
    region: Region
    profile: Annotated[str, Field(min_length=1)] | None = None


class FromPart(_Part):
    """`grants.NAME.from`."""

    account: str
    function: FunctionName
    code: Annotated[str, Field(min_length=1)] | None = None
    handler: Handler | None = None
    execution_role: RoleArn | None = None
    only_this_function: bool = True


class ToPart(_Part):
    """`grants.NAME.to`."""

    account: str
    table: TableName
    key: Annotated[dict[str, Literal["S", "N", "B"]], Field(min_length=1, max_length=2)] | None = None
    role: RoleName | None = None


class ConditionsPart(_Part):
    """`grants.NAME.conditions`."""

    organization: OrganizationId | None = None
    external_id: ExternalId | None = None


class ItemsPart(_Part):
    """`grants.NAME.items`."""

    leading_keys: Annotated[list[str], Field(min_length=1)] | None = None
    attributes: Annotated[list[str], Field(min_length=1)] | None = None


class SessionPart(_Part):
    """`grants.NAME.session`."""

    duration: Duration | None = None
    tags: Annotated[dict[TagKey, TagValue], Field(min_length=1, max_length=MOST_TAGS)] | None = None
    source_identity: SourceIdentity | None = None


class GrantPart(_Part):
    """`grants.NAME`."""

    from_: Annotated[FromPart, Field(alias="from")]
    to: ToPart
    allow: Annotated[list[Action], BeforeValidator(_listed), Field(min_length=1)]
    indexes: Annotated[list[IndexName], Field(min_length=1)] | None = None
    via: Annotated[Via, Field(strict=False)] = Via.ASSUME_ROLE
    trust: Annotated[Trust, Field(strict=False)] = Trust.STRICT
    conditions: ConditionsPart = ConditionsPart()
    items: ItemsPart = ItemsPart()
    session: SessionPart = SessionPart()
    encryption_key: KeyArn | None = None
    expires: Moment | None = None

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions that `allow` stands for, groups expanded."""
        return expand(self.allow)


class FilePart(_Part):
    """The whole file."""

    version: Literal[1]
    accounts: Annotated[dict[str, AccountPart], Field(min_length=1)]
    grants: Annotated[dict[GrantName, GrantPart], Field(min_length=1)]


# Where each mapping stands; `*` is a name that the file chooses.
PARTS: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): FilePart,
    ("accounts", "*"): AccountPart,
    ("grants", "*"): GrantPart,
    ("grants", "*", "from"): FromPart,
    ("grants", "*", "to"): ToPart,
    ("grants", "*", "conditions"): ConditionsPart,
    ("grants", "*", "items"): ItemsPart,
    ("grants", "*", "session"): SessionPart,
}


def keys_of(part: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys that a mapping of the file may have, as the file spells them."""
    return tuple(field.alias or name for name, field in part.model_fields.items())
