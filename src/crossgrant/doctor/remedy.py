"""A fix applied to the evidence: the same question, as it would be asked afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crossgrant.doctor.cause import Fix, Side, Target
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.patch import apply_patch
from crossgrant.doctor.statements import SESSION
from crossgrant.evidence import AccountSnapshot, AttachedPolicy, Function, NotRead, Role, Section, Table


def remedied(inquiry: Inquiry, fix: Fix) -> Inquiry | None:
    """Return the question with `fix` applied, or None where no document of the evidence is what it changes."""
    if not fix.patch:
        return None
    try:
        changed = _changed(inquiry, fix)
    except (KeyError, IndexError, ValueError, TypeError):
        return None
    return changed


def _changed(inquiry: Inquiry, fix: Fix) -> Inquiry | None:
    target = fix.target
    snapshot = inquiry.caller if target.side is Side.CALLER else inquiry.owner
    match target.part:
        case "trust" | "policy" | "boundary":
            role = snapshot.roles.found.get(target.name)
            if role is None:
                return None
            roles = replace(snapshot.roles, found={**snapshot.roles.found, role.name: _role(role, target, fix)})
            return _with(inquiry, target.side, replace(snapshot, roles=roles))
        case "table-policy":
            table = snapshot.tables.found[target.name]
            tables = {**snapshot.tables.found, table.arn: _table(table, fix)}
            return _with(inquiry, target.side, replace(snapshot, tables=replace(snapshot.tables, found=tables)))
        case "function":
            return _asked_by(inquiry, snapshot, target, fix)
    return None


def _with(inquiry: Inquiry, side: Side, snapshot: AccountSnapshot) -> Inquiry:
    return replace(inquiry, caller=snapshot) if side is Side.CALLER else replace(inquiry, owner=snapshot)


def _role(role: Role, target: Target, fix: Fix) -> Role:
    """Return the role with one document patched; a principal's ARN in it is the principal as it is now."""
    match target.part:
        case "trust":
            return replace(role, trust=apply_patch(role.trust, fix.patch))
        case "boundary":
            assert isinstance(role.boundary, AttachedPolicy)
            return replace(
                role, boundary=replace(role.boundary, document=apply_patch(role.boundary.document, fix.patch))
            )
    policies = () if isinstance(role.policies, NotRead) else role.policies
    named = [each for each in policies if target.policy in (each.name, each.arn)]
    if not named:
        return replace(role, policies=(*policies, AttachedPolicy(target.policy, apply_patch(None, fix.patch))))
    patched = replace(named[0], document=apply_patch(named[0].document, fix.patch))
    return replace(role, policies=tuple(patched if each is named[0] else each for each in policies))


def _table(table: Table, fix: Fix) -> Table:
    return replace(table, policy=apply_patch(table.policy, fix.patch))


def _asked_by(inquiry: Inquiry, snapshot: AccountSnapshot, target: Target, fix: Fix) -> Inquiry | None:
    """Return the question as the changed function asks it: as another role, for another role or table, with an id."""
    function = snapshot.functions.found.get(target.name)
    if function is None:
        return None
    environment = {} if isinstance(function.environment, NotRead) else dict(function.environment)
    before = {"Role": function.role_arn, "Environment": {"Variables": environment}}
    after: dict[str, Any] = apply_patch(before, fix.patch)
    variables = after["Environment"]["Variables"]
    changed = Function(function.arn, after["Role"], variables, function.timeout, function.vpc)
    functions: Section[Function] = replace(
        snapshot.functions, found={**snapshot.functions.found, function.arn: changed}
    )
    inquiry = _with(inquiry, target.side, replace(snapshot, functions=functions))
    new = {name: value for name, value in variables.items() if environment.get(name) != value}
    if after["Role"] != before["Role"]:
        session = SESSION.match(inquiry.parsed.principal or "")
        name = session["session"] if session else function.name
        role = after["Role"]
        principal = f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{role.rpartition('/')[2]}/{name}"
        return inquiry.asking(principal=principal)
    if environment.keys() - variables.keys() and inquiry.action != "sts:AssumeRole" and inquiry.hop is Hop.ASSUME:
        return inquiry.asking(action="sts:AssumeRole")
    for name, value in new.items():
        if inquiry.hop is Hop.ASSUME and ":role/" in value:
            inquiry = inquiry.asking(resource=value)
        elif "EXTERNAL_ID" in name:
            inquiry = replace(inquiry, sent={**inquiry.sent, "externalId": value})
        elif "TABLE" in name and inquiry.parsed.resource and inquiry.hop is not Hop.ASSUME:
            arn = value if value.startswith("arn:") else f"{inquiry.parsed.resource.rpartition('/')[0]}/{value}"
            inquiry = inquiry.asking(resource=arn)
    return inquiry
