"""The embedded DynamoDB without its gateway: calls go straight to the operations, on a database in memory."""

from __future__ import annotations

import json
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crossgrant.iam import Principal
from crossgrant.local.accounts import Accounts, Clock
from crossgrant.local.operation import Access, Call, Caller, Need, RawBody
from crossgrant.local.services.dynamodb.schema import SCHEMA
from crossgrant.local.services.dynamodb.service import SERVICE
from crossgrant.local.services.iam_.identities import Identities
from crossgrant.local.services.iam_.schema import SCHEMA as IAM_SCHEMA
from crossgrant.local.services.sts.schema import SCHEMA as STS_SCHEMA
from crossgrant.local.state import Database

OWNER = "222222222222"
REGION = "us-east-1"


class StoppedTime:
    """A time that stands until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class EmbeddedTable:
    """Calls of an operator of the owner's account, who may do everything."""

    database: Database = field(default_factory=lambda: Database.open(None, (IAM_SCHEMA, STS_SCHEMA, SCHEMA)))
    time: StoppedTime = field(default_factory=StoppedTime)

    def __post_init__(self) -> None:
        weakref.finalize(self, self.database.close)
        self.accounts = Accounts({"owner": OWNER}, REGION, self.database, Identities(self.database), Clock(self.time))
        arn = f"arn:aws:iam::{OWNER}:user/operator"
        self.caller = Caller(
            Principal.user(arn, "AIDAEXAMPLEEXAMPLE123"), OWNER, "AKIAEXAMPLEEXAMPLE12", "AIDAEXAMPLEEXAMPLE123"
        )

    def call(self, operation: str, **given: Any) -> dict[str, Any]:
        """Make a call as the gateway does once access is granted; return the answer as a client reads it."""
        return self.ask(operation, given)

    def ask(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Make a call with the members given in a mapping."""
        served = SERVICE.operations[operation]
        call = self._call(operation, given)
        wanted = served.read(call)
        if served.access is Access.READS:
            served.needs(call, wanted)
            output: Any = served.serve(call, wanted)
        else:
            with self.database.transaction():
                served.needs(call, wanted)
                output = served.serve(call, wanted)
        answer: dict[str, Any] = json.loads(output.body if isinstance(output, RawBody) else json.dumps(output))
        return answer

    def needs(self, operation: str, **given: Any) -> tuple[Need, ...]:
        """Return the decisions that a call needs."""
        served = SERVICE.operations[operation]
        call = self._call(operation, given)
        return served.needs(call, served.read(call))

    def _call(self, operation: str, given: Mapping[str, Any]) -> Call:
        return Call(
            operation=operation,
            input=json.loads(json.dumps(given)),
            caller=self.caller,
            account_id=OWNER,
            region=REGION,
            request_id="",
            now=self.time(),
            accounts=self.accounts,
        )

    def create(self, name: str = "Orders", hash_type: str = "S", range_type: str | None = None, **more: Any) -> None:
        """Make a table with the key `id`, and `at` when it has a sort key, and wait for it."""
        elements = [("id", "HASH", hash_type)] + ([("at", "RANGE", range_type)] if range_type else [])
        extra = more.pop("attributes", {})
        self.call(
            "CreateTable",
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": attribute, "KeyType": kind} for attribute, kind, _ in elements],
            AttributeDefinitions=[
                *({"AttributeName": attribute, "AttributeType": kind} for attribute, _, kind in elements),
                *({"AttributeName": attribute, "AttributeType": kind} for attribute, kind in extra.items()),
            ],
            **more,
        )
        self.call("DescribeTable", TableName=name)
