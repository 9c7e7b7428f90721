"""The table that a call names, by its name or its ARN, and how it is found.

A table's ARN may be of another account: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-examples.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crossgrant.local.operation import Call
from crossgrant.local.services.dynamodb import catalog
from crossgrant.local.services.dynamodb.errors import not_found, table_not_found, validation
from crossgrant.local.services.dynamodb.shapes import Member, Structure, string
from crossgrant.local.services.dynamodb.table import Table

_valid_name = re.compile(r"[a-zA-Z0-9_.-]{3,255}").fullmatch
_table_arn = re.compile(r"arn:aws[a-z-]*:dynamodb:([a-z0-9-]+):([0-9]{12}):table/([a-zA-Z0-9_.-]{3,255})").fullmatch

INVALID_NAME = (
    "Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the "
    "characters a-z, A-Z, 0-9, '_', '-', and '.'"
)


NAMED = Structure("TableName", Member("TableName", string(3, 255, pattern="[a-zA-Z0-9_.-]+"), required=True))


@dataclass(slots=True)
class Target:
    """A table that a call names: where it lies, as it was written, and the table itself once it was looked up.

    INVARIANT: `look_up` runs in the transaction that serves the call, before anything else asks for the table.
    """

    account_id: str
    region: str
    name: str
    written: str
    index_name: str | None = None
    table: Table | None = None

    @classmethod
    def of(cls, call: Call, written: str, index_name: str | None = None) -> Target:
        """Return the target that a `TableName`, and perhaps an `IndexName`, name.

        Raises:
            ServiceError: it is neither a table's name nor a table's ARN of the request's Region.

        """
        if _valid_name(written):
            return cls(call.account_id, call.region, written, written, index_name)
        match = _table_arn(written)
        if match is None or match[1] != call.region:
            if ":" not in written:  # no ARN, so a name
                NAMED.check({"TableName": written})
            raise validation(INVALID_NAME)
        return cls(match[2], match[1], match[3], written, index_name)

    @classmethod
    def of_arn(cls, call: Call, arn: str) -> Target:
        """Return the target that a `ResourceArn` names.

        Raises:
            ServiceError: it is no table's ARN of the request's Region.

        """
        if _table_arn(arn) is None:
            raise validation("Invalid TableArn")
        return cls.of(call, arn)

    @property
    def arn(self) -> str:
        """The table's ARN, whether or not it exists."""
        return f"arn:aws:dynamodb:{self.region}:{self.account_id}:table/{self.name}"

    @property
    def resource(self) -> str:
        """The ARN that access is decided on: the index's when one is read."""
        return self.arn if self.index_name is None else f"{self.arn}/index/{self.index_name}"

    def look_up(self, call: Call) -> Table | None:
        """Find the table and keep it; return None when there is none."""
        self.table = catalog.find(call.accounts.database, self.account_id, self.region, self.name, call.now)
        return self.table

    def readable(self, call: Call) -> Table:
        """Return the table for calls on its items.

        Raises:
            ServiceError: there is none, or none yet, or no longer.

        """
        table = self.table
        if table is None or (table.transition is not None and table.status(call.now) in ("CREATING", "DELETING")):
            raise not_found()
        return table

    def existing_resource(self) -> Table:
        """Return the table for calls that name it by its ARN.

        Raises:
            ServiceError: there is none.

        """
        if self.table is None:
            raise not_found(f"Requested resource not found: ResourceArn: {self.written} not found")
        return self.table

    def existing(self) -> Table:
        """Return the table for calls on the table itself.

        Raises:
            ServiceError: there is none.

        """
        if self.table is None:
            raise table_not_found(self.name)
        return self.table
