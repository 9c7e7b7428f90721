"""AWS's own evaluation of the denied request, where its text carried an authorization id: its word goes before ours."""

from __future__ import annotations

from dataclasses import replace

from crossgrant.doctor.inquiry import Inquiry
from crossgrant.evidence import JsonObject, NotRead

# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
LAYERS = {
    "SERVICE_CONTROL_POLICY": "service control policy",
    "RESOURCE_CONTROL_POLICY": "resource control policy",
    "VPC_ENDPOINT": "VPC endpoint policy",
    "RESOURCE": "resource-based policy",
    "PRINCIPAL": "identity-based policy",
    "PERMISSIONS_BOUNDARY": "permissions boundary",
    "SESSION": "session policy",
}
DENIES = ("EXPLICIT_DENY", "IMPLICIT_DENY")


def informed(inquiry: Inquiry, answer: JsonObject | NotRead) -> Inquiry:
    """Return the question with AWS's evaluation: what was asked, and the layer that decided."""
    if isinstance(answer, NotRead) or not answer.get("evaluations"):
        return inquiry
    evaluation = answer["evaluations"][0]
    checks = evaluation.get("checks", ())
    deciding = next((each for effect in DENIES for each in checks if each.get("evaluatedEffect") == effect), None)
    parsed = inquiry.parsed
    told = replace(
        parsed,
        principal=parsed.principal or answer.get("requestContext", {}).get("aws:PrincipalArn"),
        action=parsed.action or evaluation.get("action"),
        resource=parsed.resource or evaluation.get("resource"),
        layer=LAYERS.get(deciding["checkType"]) if deciding else parsed.layer,
        explicit=deciding["evaluatedEffect"] == "EXPLICIT_DENY" if deciding else parsed.explicit,
    )
    return replace(inquiry, parsed=told.completed(), aws_word=answer)
