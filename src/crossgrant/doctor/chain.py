"""The chain from the function to the item, link by link: what passed, what broke, what is not known or not reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from crossgrant.doctor.cause import Found, Open, Side, catalogue
from crossgrant.doctor.diagnosis import Diagnosis
from crossgrant.doctor.inquiry import Hop
from crossgrant.iam import Layer


class Status(StrEnum):
    """How a link fared."""

    PASS = "pass"  # noqa: S105 - a status
    FAIL = "fail"
    WARN = "warn"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain."""

    name: str
    title: str
    side: Side
    status: Status
    detail: str = ""
    causes: tuple[str, ...] = ()


ASSUMING, READING = frozenset({Hop.ASSUME}), frozenset({Hop.READ})
BOTH, DIRECT = ASSUMING | READING | {Hop.DIRECT}, frozenset({Hop.DIRECT})


# The name (as in the catalogue), what it is, whose it is, the hops that depend on it, and the layers that decide it.
class Row(NamedTuple):
    """A link as the chain is laid out: see above LINKS."""

    name: str
    title: str
    side: Side
    hops: frozenset[Hop]
    layers: tuple[Layer, ...] = ()


LINKS = (
    Row("function", "the function and its role", Side.CALLER, ASSUMING | DIRECT),
    Row("execution-role", "the execution role", Side.CALLER, ASSUMING | DIRECT),
    Row("sts", "STS is reached", Side.CALLER, ASSUMING, (Layer.VPC_ENDPOINT,)),
    Row("caller-policy", "the execution role's policies", Side.CALLER, ASSUMING | DIRECT, (Layer.PRINCIPAL,)),
    Row("boundary", "the permissions boundary", Side.BOTH, BOTH, (Layer.PERMISSIONS_BOUNDARY,)),
    Row("organization", "the control policies", Side.BOTH, BOTH, (Layer.SERVICE_CONTROL, Layer.RESOURCE_CONTROL)),
    Row("role", "the owner's role exists", Side.OWNER, ASSUMING),
    Row("trust", "the owner's trust policy", Side.OWNER, ASSUMING, (Layer.RESOURCE,)),
    Row("session", "the session of the owner's role", Side.CALLER, READING, (Layer.SESSION,)),
    Row("role-policy", "the policies of the owner's role", Side.OWNER, READING, (Layer.PRINCIPAL,)),
    Row("table", "the table and its Region", Side.OWNER, READING | DIRECT),
    Row("key", "the table's encryption key", Side.OWNER, READING | DIRECT),
    Row("resource-policy", "the table's policy", Side.OWNER, DIRECT, (Layer.RESOURCE,)),
    Row("item", "the item", Side.CALLER, READING | DIRECT),
)
NEEDS_NO_LOOK = "the role was assumed: its session calls"
BEYOND = frozenset({"session", "item"})
"""Links that are seen only by calling: after a broken one they were not reached."""


def chain(diagnosis: Diagnosis) -> tuple[Link, ...]:
    """Return every link of the chain, judged by the findings of its causes."""
    links: list[Link] = []
    for row in LINKS:
        broken = any(link.status is Status.FAIL for link in links)
        links.append(_link(diagnosis, row, broken=broken))
    return tuple(links)


def _link(diagnosis: Diagnosis, row: Row, *, broken: bool) -> Link:
    own = {name: finding for name, finding in diagnosis.findings.items() if catalogue()[name].link == row.name}
    found = {name: finding for name, finding in own.items() if isinstance(finding, Found)}
    if found:
        return _broken(diagnosis, row, found)
    hop = diagnosis.inquiry.hop
    if hop not in row.hops:
        passed = hop is Hop.READ and Hop.ASSUME in row.hops
        return _told(row, Status.PASS, NEEDS_NO_LOOK) if passed else _told(row, Status.SKIPPED)
    opened = {name: finding for name, finding in own.items() if isinstance(finding, Open)}
    if opened:
        return _told(row, Status.UNKNOWN, next(iter(opened.values())).why, tuple(opened))
    evaluation = diagnosis.inquiry.evaluation
    unread = [evaluation.unread[layer] for layer in row.layers if evaluation and layer in evaluation.unread]
    if unread:
        return _told(row, Status.UNKNOWN, unread[0].reason)
    return _told(row, Status.SKIPPED if evaluation is None or (broken and row.name in BEYOND) else Status.PASS)


def _broken(diagnosis: Diagnosis, row: Row, found: dict[str, Found]) -> Link:
    """Return a link that fails: the root cause first, where it is of this link."""
    cause = diagnosis.cause
    first = cause.id if cause and cause.id in found else next(iter(found))
    names = (first, *(name for name in found if name != first))
    return _told(row, Status.FAIL, found[first].why, names)


def _told(row: Row, status: Status, detail: str = "", causes: tuple[str, ...] = ()) -> Link:
    return Link(row.name, row.title, row.side, status, detail, causes)
