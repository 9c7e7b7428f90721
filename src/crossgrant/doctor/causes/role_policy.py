"""The policies of the owner's role: what its session may do to the table.

The same silence has six causes, told apart by what the policies do allow.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crossgrant.doctor.cause import Finding, Fix, Found, Grade, Open, RuledOut, Side
from crossgrant.doctor.causes.identity import allowing, policy_target, silent_policy
from crossgrant.doctor.hop import HopEvaluation
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.obstacles import names_action, obstructed
from crossgrant.doctor.patch import pointer
from crossgrant.doctor.statements import Written, in_document, statements, texts
from crossgrant.evidence import AttachedPolicy, NotRead, Role
from crossgrant.iam import Decision, Layer, PolicyKind, Request

NEIGHBOURS = (
    "GetItem",
    "BatchGetItem",
    "Query",
    "Scan",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "PartiQLSelect",
)
DESCRIBE, LIST, GET = "dynamodb:DescribeTable", "dynamodb:ListTables", "dynamodb:GetItem"


@dataclass(frozen=True, slots=True)
class Silence:
    """The owner's role whose policies do not allow the call."""

    inquiry: Inquiry
    role: Role
    hop: HopEvaluation
    policies: tuple[AttachedPolicy, ...]

    @property
    def resource(self) -> str:
        """What is asked for."""
        return self.hop.request.resource

    def allowing(self) -> Fix:
        """Return the fix that allows exactly the call."""
        return allowing(Side.OWNER, self.role, self.inquiry.action, self.resource)

    def allows(self, action: str, resource: str) -> bool:
        """Return whether the role's policies allow another call."""
        request = Request(self.hop.request.principal, action, resource, context=self.hop.request.context)
        return replace(self.hop, request=request).alone(Layer.PRINCIPAL).decision in (Decision.ALLOW, Decision.UNKNOWN)

    def obstructed(self) -> bool:
        """Return whether a statement would allow the call but for its conditions."""
        documents = (each.document for each in self.policies if not isinstance(each.document, NotRead))
        return any(
            each.conditions
            for document in documents
            for each in obstructed(document, self.hop, PolicyKind.IDENTITY_BASED)
        )


def read_silence(inquiry: Inquiry) -> Silence | Finding:
    """Return the silent policies of the owner's role, or what there is to say instead."""
    hop = inquiry.read
    if inquiry.hop is not Hop.READ or hop is None or not inquiry.action.startswith("dynamodb:"):
        return RuledOut("the owner's session reads no table in this call")
    if Layer.PRINCIPAL in hop.unread:
        return Open("the policies of the owner's role were not read", (hop.unread[Layer.PRINCIPAL],))
    role = inquiry.role
    if not isinstance(role, Role) or isinstance(role.policies, NotRead):
        return Found("the role does not exist any more", side=Side.OWNER)
    if hop.alone(Layer.PRINCIPAL).decision is Decision.ALLOW:
        return RuledOut("the role's policies allow it")
    if Layer.RESOURCE not in hop.unread and hop.allowed:
        return RuledOut("the table's policy allows it")
    if Layer.RESOURCE in hop.unread and not inquiry.denied:
        return Open("the role's policies do not allow it, and the table's was not read", (hop.unread[Layer.RESOURCE],))
    return Silence(inquiry, role, hop, role.policies)


def _without_a_deny(inquiry: Inquiry) -> Silence | Finding:
    """Return the policies that are silent, and not what a Deny forbids."""
    silence = read_silence(inquiry)
    if isinstance(silence, Silence) and silence.hop.alone(Layer.PRINCIPAL).decision is Decision.EXPLICIT_DENY:
        return RuledOut("a Deny decides")
    return silence


def describes_the_table(inquiry: Inquiry) -> Finding:
    """F34: DescribeTable, which libraries call by themselves."""
    if inquiry.action != DESCRIBE:
        return RuledOut("the call is not DescribeTable")
    silence = read_silence(inquiry)
    if isinstance(silence, Open) and inquiry.denied:
        return Found("the text says so", "the text's action", grade=Grade.REPORTED)
    if not isinstance(silence, Silence):
        return silence
    return Found(
        f"no policy of {silence.role.name} allows DescribeTable", f"role {silence.role.name}", fix=silence.allowing()
    )


def lists_tables(inquiry: Inquiry) -> Finding:
    """F35: ListTables, which acts on no table."""
    if inquiry.action == LIST and inquiry.denied:
        return Found("ListTables is allowed only on `*`", "the text's action", grade=Grade.REPORTED)
    return RuledOut("the call is not ListTables")


def lacks_the_index(inquiry: Inquiry) -> Finding:
    """F36: the table's ARN is allowed, the index's is not."""
    if "/index/" not in (inquiry.parsed.resource or ""):
        return RuledOut("no index is read")
    silence = _without_a_deny(inquiry)
    if not isinstance(silence, Silence):
        return silence
    if not silence.allows(inquiry.action, silence.resource.partition("/index/")[0]):
        return RuledOut("the action is not allowed on the table either")
    return Found(
        f"{inquiry.action} is allowed on the table, not on its index",
        f"role {silence.role.name}",
        fix=silence.allowing(),
    )


def lacks_the_neighbour(inquiry: Inquiry) -> Finding:
    """F37: another action on the same table is allowed."""
    if inquiry.action in (DESCRIBE, LIST, GET):
        return RuledOut("the call is GetItem, or reads no item")
    silence = _without_a_deny(inquiry)
    if not isinstance(silence, Silence):
        return silence
    table = silence.resource.partition("/index/")[0]
    allowed = [
        each
        for each in NEIGHBOURS
        if f"dynamodb:{each}" != inquiry.action and silence.allows(f"dynamodb:{each}", table)
    ]
    if not allowed or silence.obstructed() or _named(silence):
        return RuledOut("no other action on the table is allowed" if not allowed else "a statement names the action")
    return Found(
        f"{', '.join(allowed)} on the table is allowed, {inquiry.action} is not",
        f"role {silence.role.name}",
        fix=silence.allowing(),
    )


def names_another_resource(inquiry: Inquiry) -> Finding:
    """F38: the action is allowed on another ARN."""
    silence = _without_a_deny(inquiry)
    if not isinstance(silence, Silence):
        return silence
    named = _named(silence)
    if not named or silence.obstructed() or "/index/" in silence.resource or inquiry.action in (DESCRIBE, LIST):
        return RuledOut("no statement allows the action on another ARN")
    policy, statement = named[0]
    assert not isinstance(policy.document, NotRead)
    listed = statement.body.get("Resource")
    resources = texts(listed)
    place = in_document(policy.document, statement.pointer) + pointer("Resource")
    place = f"{place}/0" if isinstance(listed, list) else place
    fix = Fix(
        policy_target(Side.OWNER, silence.role, policy),
        ({"op": "replace", "path": place, "value": silence.resource},),
        f"write {silence.resource}",
    )
    return Found(
        f"the policy allows it on `{', '.join(resources)}`, and {silence.resource} is asked",
        f"{policy.name} {place}",
        fix=fix,
    )


def _named(silence: Silence) -> list[tuple[AttachedPolicy, Written]]:
    """Return the statements that allow the action, on whatever resource of DynamoDB."""
    found = []
    for policy in silence.policies:
        if isinstance(policy.document, NotRead):
            continue
        for statement in statements(policy.document):
            alone = {"Version": policy.document.get("Version", "2008-10-17"), "Statement": [statement.body]}
            if (
                statement.allows
                and "Resource" in statement.body
                and names_action(alone, silence.hop, PolicyKind.IDENTITY_BASED)
            ):
                found.append((policy, statement))
    return found


def misses_a_condition(inquiry: Inquiry) -> Finding:
    """F39: a statement names the action and the table, and its conditions do not hold."""
    silence = _without_a_deny(inquiry)
    if not isinstance(silence, Silence):
        return silence
    if not silence.obstructed():
        return RuledOut("no condition stands in the way")
    return silent_policy(silence.hop, silence.role, Side.OWNER, inquiry.action, silence.resource)


def allows_nothing(inquiry: Inquiry) -> Finding:
    """F33: the role's policies do not name the action on any table, or deny it."""
    silence = read_silence(inquiry)
    if not isinstance(silence, Silence):
        return silence
    denied = silence.hop.alone(Layer.PRINCIPAL).decision is Decision.EXPLICIT_DENY
    if silence.obstructed() and not denied:
        return RuledOut("a condition stands in the way")
    return silent_policy(silence.hop, silence.role, Side.OWNER, inquiry.action, silence.resource)


TESTS = (
    ("F35", lists_tables),
    ("F34", describes_the_table),
    ("F36", lacks_the_index),
    ("F38", names_another_resource),
    ("F37", lacks_the_neighbour),
    ("F39", misses_a_condition),
    ("F33", allows_nothing),
)
