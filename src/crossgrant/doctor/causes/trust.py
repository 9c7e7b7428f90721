"""Whom the owner's trust policy names.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from crossgrant.doctor.cause import Finding, Fix, Found, Open, RuledOut
from crossgrant.doctor.causes.trust_policy import PRINCIPAL_ARN, Trust, execution_role_arn, other_roles, read_trust
from crossgrant.doctor.inquiry import Inquiry
from crossgrant.doctor.statements import UNIQUE_ID, account_in
from crossgrant.evidence import NotRead, Role
from crossgrant.iam import Decision, Layer


def has_a_wildcard_principal(inquiry: Inquiry) -> Finding:
    """F09: a principal's ARN holds a wildcard, which names nobody."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    for statement in trust.allows:
        for name in statement.principals():
            if "*" in name and name != "*":
                return Found(
                    f"`{name}` names nobody",
                    trust.place(statement, "Principal"),
                    fix=trust.naming("name the role exactly"),
                )
    return RuledOut("no principal holds a wildcard")


def names_a_dead_id(inquiry: Inquiry) -> Finding:
    """F07: a principal is the unique id of a role that is gone."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    if trust.named:
        return RuledOut("the trust policy names the execution role as it is now")
    for statement in trust.allows:
        named = statement.body.get("Principal")
        listed = named.get("AWS") if isinstance(named, dict) else None
        for number, name in enumerate(statement.principals()):
            if UNIQUE_ID.match(name):
                place = trust.place(statement, "Principal", "AWS", *([number] if isinstance(listed, list) else []))
                arn = execution_role_arn(inquiry)
                fix = Fix(trust.target, ({"op": "replace", "path": place, "value": arn},), "write the role's ARN again")
                return Found(f"the trust policy names `{name}`, {_now(inquiry)}", place, fix=fix)
    return RuledOut("every principal is an ARN")


def _now(inquiry: Inquiry) -> str:
    role = inquiry.execution_role
    if isinstance(role, Role) and isinstance(role.unique_id, str):
        return f"and {role.name} is now `{role.unique_id}`"
    return "the id of a role that was deleted"


def trusts_only_a_service(inquiry: Inquiry) -> Finding:
    """F05: no AWS principal is allowed, a service is."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    services = [(each, each.principals("Service")) for each in trust.allows if each.principals("Service")]
    if trust.principals or not services:
        return RuledOut(
            "the trust policy names AWS principals" if trust.principals else "the trust policy trusts no service"
        )
    statement, named = services[0]
    return Found(
        f"only {', '.join(named)} is trusted",
        trust.place(statement, "Principal"),
        fix=trust.naming("trust the execution role"),
    )


def names_nobody_here(inquiry: Inquiry) -> Finding:
    """F02: no Allow statement names the execution role."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    if trust.hop.alone(Layer.RESOURCE).decision is Decision.EXPLICIT_DENY:
        return RuledOut("a Deny decides")
    if trust.named and not (trust.obstacles(PRINCIPAL_ARN) and list(other_roles(trust))):
        return RuledOut("the trust policy names the execution role")
    unread = [
        role
        for arn in other_roles(trust)
        if isinstance(role := trust.inquiry.caller.roles.get(arn.rpartition("/")[2]), NotRead)
    ]
    if unread:
        return Open("the trust policy names another role of the caller's account", tuple(unread))
    named = ", ".join(f"`{each}`" for each in trust.principals) or "no AWS principal"
    account = trust.hop.request.principal.account_id
    outside = "" if any(account_in(each) == account for each in trust.principals) else f", nobody of account {account}"
    place = trust.place(trust.allows[0], "Principal") if trust.allows else "/Statement"
    why = f"the trust policy names {named}{outside}"
    if execution_role_arn(inquiry) in trust.principals:
        why = f"the trust policy names the execution role, and not for {inquiry.action}"
    return Found(why, place, fix=trust.naming("name the execution role"))


TESTS = (
    ("F09", has_a_wildcard_principal),
    ("F07", names_a_dead_id),
    ("F05", trusts_only_a_service),
)
LAST = (("F02", names_nobody_here),)
"""After every other test of the trust policy: what none of them explains."""
