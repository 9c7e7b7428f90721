"""What a question needs of live accounts, and the reading of it.

The owner's answers tell what else to ask the caller for.
"""

from __future__ import annotations

import difflib
from dataclasses import replace

from crossgrant.doctor.cause import Found
from crossgrant.doctor.causes.identity import may_not_assume
from crossgrant.doctor.causes.other_role import is_functions
from crossgrant.doctor.causes.role import roles_that_may_be_assumed
from crossgrant.doctor.causes.trust_policy import Trust, other_roles, read_trust
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.statements import ROLE, SESSION
from crossgrant.evidence import AccountSnapshot, LiveAccount, Wanted, merge

SEVERAL = 5
"""Roles that may have been meant: more are not looked up."""


def gather(inquiry: Inquiry, caller: LiveAccount | None, owner: LiveAccount | None, region: str) -> Inquiry:
    """Return `inquiry` with what the live accounts say added to the evidence that it has."""
    inquiry = replace(
        inquiry,
        caller=merge((inquiry.caller, _identity(caller)), inquiry.caller) if caller else inquiry.caller,
        owner=merge((inquiry.owner, _identity(owner)), inquiry.owner) if owner else inquiry.owner,
    )
    if caller:
        inquiry = _with_caller(inquiry, caller.read(wanted_of_caller(inquiry, region)))
    if owner:
        inquiry = _with_owner(inquiry, owner.read(wanted_of_owner(inquiry)))
    if owner and inquiry.role is None:
        inquiry = _with_owner(inquiry, owner.read(_alternatives(inquiry)))
    if caller and owner is None and isinstance(may_not_assume(inquiry), Found):
        inquiry = _with_caller(inquiry, caller.read(Wanted(first_roles=True)))
        inquiry = _with_caller(inquiry, caller.read(_lookalikes(inquiry)))
    if caller and owner:
        trust = read_trust(inquiry)
        names = {arn.rpartition("/")[2] for arn in other_roles(trust)} if isinstance(trust, Trust) else set()
        if names:
            inquiry = _with_caller(inquiry, caller.read(Wanted(roles=frozenset(names))))
    return inquiry


def _alternatives(inquiry: Inquiry) -> Wanted:
    """Return what tells which role was meant: those that the caller may assume, else the first of the account."""
    meant = sorted(
        each for each in set(roles_that_may_be_assumed(inquiry)) if each.split(":")[4] == inquiry.owner.account_id
    )
    names = frozenset(arn.rpartition("/")[2] for arn in meant[:SEVERAL])
    return Wanted(roles=names, first_roles=not names)


def _lookalikes(inquiry: Inquiry) -> Wanted:
    """Return the functions' roles whose names are most like the execution role's: one of them may have been meant."""
    own = inquiry.execution_role_name or ""
    names = [each.name for each in inquiry.caller.roles.found.values() if each.name != own and is_functions(each)]
    return Wanted(roles=frozenset(difflib.get_close_matches(own, names, SEVERAL)))


def _identity(account: LiveAccount) -> AccountSnapshot:
    """Return whose account this is: which hop a text is of depends on it."""
    return AccountSnapshot(account.origin, account.account_id())


def _with_caller(inquiry: Inquiry, more: AccountSnapshot) -> Inquiry:
    return replace(inquiry, caller=merge((inquiry.caller, more), more))


def _with_owner(inquiry: Inquiry, more: AccountSnapshot) -> Inquiry:
    return replace(inquiry, owner=merge((inquiry.owner, more), more))


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
