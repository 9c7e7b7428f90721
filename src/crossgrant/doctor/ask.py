"""What to ask the team of either side for, where its account was not read.

Read-only commands, no more than the question needs.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossgrant.doctor.diagnosis import Diagnosis, Verdict
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.statements import ROLE, SESSION
from crossgrant.evidence import Function, Known, NotRead, Role, Table, commands


def commands_for(diagnosis: Diagnosis) -> dict[str, tuple[str, ...]]:
    """Return the commands by side; none where the verdict stands without them."""
    if diagnosis.verdict is not Verdict.UNDETERMINED:
        return {}
    asked = {"caller": tuple(_of_caller(diagnosis.inquiry)), "owner": tuple(_of_owner(diagnosis.inquiry))}
    return {side: each for side, each in asked.items() if each}


def _of_caller(inquiry: Inquiry) -> Iterator[str]:
    if inquiry.hop is Hop.READ:
        return
    name = inquiry.execution_role_name
    if name and not _whole(inquiry.execution_role):
        yield from (*commands.role(name), *commands.role_policies(name))
    session = SESSION.match(inquiry.execution_session or "")
    if session and not isinstance(inquiry.function, Function):
        yield from commands.function(session["session"])


def _of_owner(inquiry: Inquiry) -> Iterator[str]:
    role = ROLE.match(inquiry.role_arn or "")
    if role and inquiry.hop in (Hop.ASSUME, Hop.READ) and not _whole(inquiry.role):
        yield from commands.role(role["name"])
        if inquiry.hop is Hop.READ:
            yield from commands.role_policies(role["name"])
    if inquiry.hop in (Hop.READ, Hop.DIRECT) and inquiry.table_arn and not isinstance(inquiry.table, Table):
        yield from commands.table(inquiry.table_arn)
    table = inquiry.table
    if isinstance(table, Table) and isinstance(table.key_arn, str) and isinstance(inquiry.key, NotRead):
        yield from commands.key(table.key_arn)


def _whole(role: Known[Role | None]) -> bool:
    """Return whether nothing more of a role is to be read."""
    return role is None or (
        isinstance(role, Role) and not isinstance(role.trust, NotRead) and not isinstance(role.policies, NotRead)
    )
