"""What a question needs of live accounts, and the reading of it.

The owner's answers tell what else to ask the caller for.
"""

from __future__ import annotations

from dataclasses import replace

from crossgrant.doctor.causes.trust import Trust, other_roles, read_trust
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.statements import ROLE, SESSION
from crossgrant.evidence import LiveAccount, Wanted, merge


def gather(inquiry: Inquiry, caller: LiveAccount | None, owner: LiveAccount | None, region: str) -> Inquiry:
    """Return `inquiry` with what the live accounts say added to the evidence that it has."""
    if caller:
        inquiry = replace(
            inquiry, caller=merge((inquiry.caller, caller.read(wanted_of_caller(inquiry, region))), inquiry.caller)
        )
    if owner:
        inquiry = replace(inquiry, owner=merge((inquiry.owner, owner.read(wanted_of_owner(inquiry))), inquiry.owner))
    if caller and owner:
        trust = read_trust(inquiry)
        names = {arn.rpartition("/")[2] for arn in other_roles(trust)} if isinstance(trust, Trust) else set()
        if names:
            more = caller.read(Wanted(roles=frozenset(names)))
            inquiry = replace(inquiry, caller=merge((more, inquiry.caller), more))
    return inquiry


def wanted_of_caller(inquiry: Inquiry, region: str) -> Wanted:
    """Return the execution role and the function of a question."""
    expected, session = inquiry.expected, SESSION.match(inquiry.execution_session or "")
    roles = {session["role"]} if session else set()
    functions = {f"arn:aws:lambda:{region}:{session['account']}:function:{session['session']}"} if session else set()
    if expected:
        roles.add(expected.execution_role_arn.rpartition("/")[2])
        functions = {expected.function_arn}
    return Wanted(frozenset(roles), frozenset(functions))


def wanted_of_owner(inquiry: Inquiry) -> Wanted:
    """Return the owner's role and the table of a question."""
    role = ROLE.match(inquiry.role_arn or "")
    roles = {role["name"]} if role else set()
    tables = {inquiry.table_arn} if inquiry.table_arn and inquiry.hop is not Hop.OWN_TABLE else set()
    if inquiry.expected:
        tables.add(inquiry.expected.table_arn)
        if inquiry.expected.role_arn:
            roles.add(inquiry.expected.role_arn.rpartition("/")[2])
    return Wanted(frozenset(roles), frozenset(), frozenset(tables))
