"""Several pieces of evidence of one account become one snapshot: what is known anywhere is known."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import reduce
from typing import Any, TypeVar

from crossgrant.evidence.snapshot import AccountSnapshot, Function, Key, NotRead, Role, Section, Table

Thing = TypeVar("Thing", Role, Function, Table, Key)


def merge(snapshots: tuple[AccountSnapshot, ...], nothing: AccountSnapshot) -> AccountSnapshot:
    """Return the union of `snapshots`, the earlier one where two tell of the same part; `nothing` if there are none."""
    return reduce(_merge_two, snapshots) if snapshots else nothing


def _merge_two(first: AccountSnapshot, second: AccountSnapshot) -> AccountSnapshot:
    merged = replace(
        first,
        origin=" and ".join(dict.fromkeys(filter(None, (first.origin, second.origin)))),
        roles=_merge_sections(first.roles, second.roles),
        functions=_merge_sections(first.functions, second.functions),
        tables=_merge_sections(first.tables, second.tables),
        keys=_merge_sections(first.keys, second.keys),
        as_deployed=first.as_deployed or second.as_deployed,
    )
    single = ("account_id", "vpc_endpoints", "organization_id", "service_control", "resource_control")
    return replace(merged, **{name: _known(getattr(first, name), getattr(second, name)) for name in single})


def _merge_sections(first: Section[Thing], second: Section[Thing]) -> Section[Thing]:
    found = dict(second.found)
    for name, thing in first.found.items():
        found[name] = _merge_things(thing, found[name]) if name in found else thing
    rest = None if first.rest is None or second.rest is None else first.rest
    return Section(found, (first.absent | second.absent) - found.keys(), rest)


def _merge_things(first: Thing, second: Thing) -> Thing:
    names = (each.name for each in fields(first))
    return replace(first, **{name: _known(getattr(first, name), getattr(second, name)) for name in names})


def _known(first: Any, second: Any) -> Any:
    return second if isinstance(first, NotRead) else first
