"""The request context: the condition keys that AWS fills in for every request, beside those of the action.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from crossgrant.local.operation import Call, ContextValue, Need


def context_of(call: Call, need: Need) -> dict[str, ContextValue]:
    """Return the condition keys of one decision of the call; keys that are absent are left out.

    The gateway stands where AWS's TLS endpoint stands, so aws:SecureTransport is true although loopback
    carries plain HTTP.
    """
    caller, session = call.caller, call.caller.session
    context: dict[str, ContextValue] = {
        "aws:SourceIp": call.source_ip,
        "aws:SecureTransport": "true",
        "aws:CurrentTime": _iso(int(call.now)),
        "aws:EpochTime": str(int(call.now)),
        "aws:RequestedRegion": call.region,
        "aws:ViaAWSService": "false",
        "aws:PrincipalIsAWSService": "false",
    }
    if call.user_agent:
        context["aws:UserAgent"] = call.user_agent
    for key, value in caller.tags:
        context[f"aws:PrincipalTag/{key}"] = value
    if session is not None:
        # Present on temporary credentials alone (rule 44).
        context["aws:MultiFactorAuthPresent"] = "false"
        context["aws:TokenIssueTime"] = _iso(int(session.issued))
        for key, value in session.tags:
            context[f"aws:PrincipalTag/{key}"] = value
        if session.source_identity is not None:
            context["aws:SourceIdentity"] = session.source_identity
        if session.source_function_arn is not None:
            context["lambda:SourceFunctionArn"] = session.source_function_arn
    context.update(need.context)
    return context


@lru_cache(maxsize=256)
def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
