"""The question: who calls what, on which hop, and what is known of both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from crossgrant.doctor.context import assume_context, read_context
from crossgrant.doctor.expected import Expected
from crossgrant.doctor.hop import HopEvaluation, evaluate_hop
from crossgrant.doctor.parse import ParsedError
from crossgrant.doctor.sent import Sent, sent_by
from crossgrant.doctor.statements import ROLE, SESSION
from crossgrant.evidence import UNREAD, AccountSnapshot, Function, JsonObject, Key, Known, NotRead, Role, Table
from crossgrant.iam import PolicyKind, Principal

FAMILY = frozenset({"AssumeRole", "TagSession", "SetSourceIdentity"})


class Hop(StrEnum):
    """Which call of the chain is asked about."""

    ASSUME = "assume"  # the execution role's session assumes the owner's role
    READ = "read"  # the owner's session reads the table
    DIRECT = "direct"  # the execution role's session reads the owner's table, by its policy
    OWN_TABLE = "own-table"  # the execution role's session reads a table of its own account
    OTHER = "other"


@dataclass(frozen=True)
class Inquiry:
    """One question over two snapshots.

    `denied` says that a refusal was reported: what is left open then explains it. `sent` are parameters that the call
    is known to send, by AWS's names; `aws_word` is AWS's own evaluation of the request, if it gave one; `at_once`
    says that changes take effect when they are made, as in embedded accounts.
    """

    parsed: ParsedError
    caller: AccountSnapshot
    owner: AccountSnapshot
    expected: Expected | None = None
    now: float = 0.0
    denied: bool = True
    sent: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    aws_word: JsonObject | None = None
    at_once: bool = False

    # What is asked ------------------------------------------------------------------------------------------------

    @property
    def action(self) -> str:
        """The action, or "" where the text does not tell."""
        return self.parsed.action or ""

    @cached_property
    def hop(self) -> Hop:
        """The call of the chain that is asked about."""
        service, _, name = self.action.partition(":")
        principal, resource = self.parsed.principal_account, self.parsed.resource_account
        if service == "sts" and name in FAMILY:
            return Hop.ASSUME
        if service not in ("dynamodb", "kms"):
            return Hop.OTHER
        if principal and resource and principal != resource:
            return Hop.DIRECT
        if principal and self.is_caller(principal):
            return Hop.DIRECT if self.expected and not self.expected.role_arn and not resource else Hop.OWN_TABLE
        return Hop.READ

    def is_caller(self, account: str) -> bool:
        """Return whether an account is known to be the caller's."""
        if self.caller_id == self.owner_id:
            return False
        return account == self.caller_id or (self.caller_id is None and self.owner_id not in (None, account))

    @property
    def by_owner_session(self) -> bool:
        """Whether the call is made with the owner's credentials."""
        return self.hop is Hop.READ

    @cached_property
    def caller_id(self) -> str | None:
        """The caller's account, as the grant or the evidence says it."""
        return self.expected.caller_id if self.expected else _text(self.caller.account_id)

    @cached_property
    def owner_id(self) -> str | None:
        """The owner's account, as the grant or the evidence says it."""
        return self.expected.owner_id if self.expected else _text(self.owner.account_id)

    # The caller's side ---------------------------------------------------------------------------------------------

    @cached_property
    def execution_session(self) -> str | None:
        """The execution role's session ARN: the text's on the hops that it makes."""
        principal = self.parsed.principal
        if principal and SESSION.match(principal) and self.hop is not Hop.READ:
            return principal
        return self.expected.execution_session if self.expected else None

    @cached_property
    def execution_role_name(self) -> str | None:
        """The execution role's name, without its path."""
        found = SESSION.match(self.execution_session or "")
        return found["role"] if found else None

    @cached_property
    def execution_role(self) -> Known[Role | None]:
        """The execution role: None if it does not exist."""
        if self.execution_role_name is None:
            return UNREAD
        return self.caller.roles.get(self.execution_role_name)

    @cached_property
    def function(self) -> Known[Function | None]:
        """The function: Lambda names its session after it."""
        if self.expected:
            return self.caller.functions.get(self.expected.function_arn)
        found = SESSION.match(self.execution_session or "")
        if found is None:
            return UNREAD
        named = [each for each in self.caller.functions.found.values() if each.name == found["session"]]
        return named[0] if len(named) == 1 else NotRead("the function was not read")

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """The function's environment, as far as it was read."""
        function = self.function
        known = function.environment if isinstance(function, Function) else {}
        return {} if isinstance(known, NotRead) else known

    @cached_property
    def assumes_a_role(self) -> bool | None:
        """Whether the function goes through a role of the owner; None where that isn't known."""
        if self.expected:
            return self.expected.role_arn is not None
        function = self.function
        if not isinstance(function, Function) or isinstance(function.environment, NotRead):
            return None
        return any(ROLE.match(value) for value in function.environment.values())

    @cached_property
    def call(self) -> Sent:
        """What the AssumeRole call sends, as far as it is known."""
        return sent_by({**self.parsed.parameters, **self.sent}, self.expected, self.environment)

    # The owner's side ----------------------------------------------------------------------------------------------

    @cached_property
    def role_arn(self) -> str | None:
        """The ARN of the owner's role: what is asked for, or whose session reads."""
        if self.hop is Hop.ASSUME:
            return self.parsed.resource or (self.expected.role_arn if self.expected else self._role_in_environment)
        found = SESSION.match(self.parsed.principal or "")
        if self.hop is Hop.READ and found:
            role = self.owner.roles.found.get(found["role"])
            return role.arn if role else f"arn:aws:iam::{found['account']}:role/{found['role']}"
        return self.expected.role_arn if self.expected else None

    @property
    def _role_in_environment(self) -> str | None:
        """The only role that the function's environment names: what it asks for, where the text was cut off."""
        named = {value for value in self.environment.values() if ROLE.match(value)}
        return named.pop() if len(named) == 1 else None

    @cached_property
    def role(self) -> Known[Role | None]:
        """The owner's role: None if it does not exist under exactly that ARN."""
        named = ROLE.match(self.role_arn or "")
        if named is None:
            return UNREAD
        role = self.owner.roles.get(named["name"])
        if isinstance(role, Role) and role.arn != self.role_arn:
            return None
        return role

    @cached_property
    def table_arn(self) -> str | None:
        """The table's ARN, without an index."""
        if self.hop is not Hop.ASSUME and self.parsed.resource and ":table/" in self.parsed.resource:
            return self.parsed.resource.partition("/index/")[0]
        return self.expected.table_arn if self.expected else None

    @cached_property
    def table(self) -> Known[Table | None]:
        """The table: None if it does not exist."""
        if self.table_arn is None:
            return UNREAD
        return self.owner.tables.get(self.table_arn)

    @cached_property
    def key(self) -> Known[Key | None]:
        """The customer managed key of the table: None under the AWS owned key."""
        table = self.table
        if not isinstance(table, Table):
            return table if isinstance(table, NotRead) else None
        if not isinstance(table.key_arn, str):
            return table.key_arn
        return self.owner.keys.get(table.key_arn)

    # What policies say ---------------------------------------------------------------------------------------------

    @cached_property
    def assume(self) -> HopEvaluation | None:
        """The first hop under both sides' policies."""
        if self.execution_session is None or self.role_arn is None:
            return None
        action = self.action if self.hop is Hop.ASSUME else "sts:AssumeRole"
        role = self.role if isinstance(self.role, Role) else None
        return evaluate_hop(
            principal=self._principal(self.execution_session, self.execution_role),
            action=action,
            resource=self.role_arn,
            context=assume_context(self, action),
            role=self.execution_role,
            service_control=self.caller.service_control,
            resource_policy=role.trust if role else self.role if isinstance(self.role, NotRead) else {},
            resource_kind=PolicyKind.TRUST,
            resource_control=self.owner.resource_control,
        )

    @cached_property
    def read(self) -> HopEvaluation | None:
        """The second hop: the owner's session on the table."""
        resource = self.parsed.resource if self.hop is Hop.READ and self.parsed.resource else self.table_arn
        if self.role_arn is None or resource is None:
            return None
        found = ROLE.match(self.role_arn)
        assert found
        session = f"arn:aws:sts::{found['account']}:assumed-role/{found['name']}/session"
        own = self.hop is Hop.READ and SESSION.match(self.parsed.principal or "")
        principal = self.parsed.principal if own and self.parsed.principal else session
        action = self.action if self.hop is Hop.READ and self.action.startswith("dynamodb:") else self._usual_read
        return self._table_hop(principal, self.role, action, resource, self.owner)

    @cached_property
    def direct(self) -> HopEvaluation | None:
        """The only hop without a role: the execution role's session on the owner's table."""
        resource = self.parsed.resource or self.table_arn
        if self.execution_session is None or resource is None:
            return None
        action = self.action if self.action.startswith("dynamodb:") else self._usual_read
        return self._table_hop(self.execution_session, self.execution_role, action, resource, self.caller)

    @property
    def _usual_read(self) -> str:
        """The action of a read that the text does not name: a KMS denial names its own."""
        if self.parsed.operation and self.parsed.operation != "AssumeRole":
            return f"dynamodb:{self.parsed.operation}"
        return self.expected.read_action if self.expected else "dynamodb:GetItem"

    @cached_property
    def evaluation(self) -> HopEvaluation | None:
        """The hop that is asked about."""
        match self.hop:
            case Hop.ASSUME:
                return self.assume
            case Hop.READ:
                return self.read
            case Hop.DIRECT:
                return self.direct
            case Hop.OWN_TABLE | Hop.OTHER:
                return None

    def _table_hop(
        self, session: str, role: Known[Role | None], action: str, resource: str, principals: AccountSnapshot
    ) -> HopEvaluation:
        table = self.table
        return evaluate_hop(
            principal=self._principal(session, role),
            action=action,
            resource=resource,
            context=read_context(self),
            role=role,
            service_control=principals.service_control,
            resource_policy=table.policy if isinstance(table, Table) else table,
            resource_kind=PolicyKind.RESOURCE_BASED,
            resource_control=self.owner.resource_control,
        )

    @staticmethod
    def _principal(session: str, role: Known[Role | None]) -> Principal:
        known = role if isinstance(role, Role) else None
        unique_id = known.unique_id if known and isinstance(known.unique_id, str) else None
        return Principal.role_session(session, role_arn=known.arn if known else None, unique_id=unique_id)

    # Another question ----------------------------------------------------------------------------------------------

    def asking(
        self, *, principal: str | None = None, action: str | None = None, resource: str | None = None
    ) -> Inquiry:
        """Return the same question of another principal, action or resource."""
        parsed = replace(
            self.parsed,
            principal=principal or self.parsed.principal,
            action=action or self.parsed.action,
            resource=resource or self.parsed.resource,
            layer=None,
            explicit=None,
        )
        return replace(self, parsed=parsed)


def _text(value: Known[str]) -> str | None:
    return value if isinstance(value, str) else None
