"""The owner's trust policy as causes look at it: read, and not, or perhaps not, allowing the call.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crossgrant.doctor.cause import Finding, Fix, Open, RuledOut, Side, Target
from crossgrant.doctor.hop import HopEvaluation
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.obstacles import Condition, Obstructed, obstructed
from crossgrant.doctor.patch import pointer
from crossgrant.doctor.statements import ROLE, SESSION, Written, add_statement, in_document, statements
from crossgrant.evidence import JsonObject, NotRead, Role
from crossgrant.iam import Decision, Layer, PolicyKind

PRINCIPAL_ARN = "aws:principalarn"


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust policy that was read and that does not, or may not, allow the call.

    `named` are the Allow statements that name the caller and the action, with the conditions that stand in the way.
    """

    inquiry: Inquiry
    role: Role
    document: JsonObject
    hop: HopEvaluation
    named: tuple[Obstructed, ...]

    @property
    def allows(self) -> tuple[Written, ...]:
        """Its Allow statements."""
        return tuple(each for each in statements(self.document) if each.allows)

    @property
    def principals(self) -> tuple[str, ...]:
        """Every AWS principal that it allows."""
        return tuple(name for each in self.allows for name in each.principals())

    @property
    def target(self) -> Target:
        """The document that a fix changes."""
        return Target(Side.OWNER, "trust", self.role.name)

    def obstacles(self, *keys: str, other: bool = False) -> tuple[tuple[Written, Condition], ...]:
        """Return the conditions on `keys` (or, with `other`, on none of them) of the statement that comes closest."""
        if not self.named:
            return ()
        closest = min(self.named, key=lambda each: len(each.conditions))
        return tuple(
            (closest.statement, each) for each in closest.conditions if (each.key.lower() in keys) is not other
        )

    def place(self, statement: Written, *rest: str | int) -> str:
        """Return the pointer of a statement, or of a part of it, in the document."""
        return in_document(self.document, statement.pointer) + pointer(*rest)

    def naming(self, why: str) -> Fix:
        """Return the fix that names the execution role in a statement of its own."""
        arn = execution_role_arn(self.inquiry)
        expected = self.inquiry.expected
        statement: JsonObject = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
        if expected and expected.trust:
            statement = next(each for each in expected.trust["Statement"] if "AssumeRole" in str(each["Action"]))
        return Fix(self.target, add_statement(self.document, statement), why)


def read_trust(inquiry: Inquiry) -> Trust | Finding:
    """Return the trust policy that stands in the way, or what there is to say instead."""
    if inquiry.hop is not Hop.ASSUME or inquiry.assume is None:
        return RuledOut("no role is assumed in this call")
    role = inquiry.role
    if role is None:
        return RuledOut("the role does not exist")
    if isinstance(role, NotRead):
        return Open("the role's trust policy was not read", (role,))
    if isinstance(role.trust, NotRead):
        return Open("the role's trust policy was not read", (role.trust,))
    hop = inquiry.assume
    if hop.alone(Layer.RESOURCE).decision is Decision.ALLOW:
        return RuledOut("the trust policy allows the call")
    return Trust(inquiry, role, role.trust, hop, tuple(obstructed(role.trust, hop, PolicyKind.TRUST)))


def execution_role_arn(inquiry: Inquiry) -> str:
    """Return the execution role's ARN: with its path where the role was read, else as its session's ARN tells."""
    role = inquiry.execution_role
    if isinstance(role, Role):
        return role.arn
    if inquiry.expected:
        return inquiry.expected.execution_role_arn
    found = SESSION.match(inquiry.execution_session or "")
    return f"arn:aws:iam::{found['account']}:role/{found['role']}" if found else "the execution role's ARN"


def other_roles(trust: Trust) -> Iterator[str]:
    """Yield the caller's other roles that the trust policy names, as principals or by aws:PrincipalArn."""
    account = (SESSION.match(trust.inquiry.execution_session or "") or {"account": ""})["account"]
    values = (value for each in trust.allows for value in each.condition_values(PRINCIPAL_ARN))
    for name in dict.fromkeys((*trust.principals, *values)):
        session = SESSION.match(name)
        arn = f"arn:aws:iam::{session['account']}:role/{session['role']}" if session else name
        found = ROLE.match(arn)
        if (
            found
            and found["account"] == account
            and found["name"] != trust.inquiry.execution_role_name
            and "*" not in arn
        ):
            yield arn
