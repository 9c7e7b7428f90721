"""A CloudTrail event: it alone says what parameters the call had.

A denied cross-account AssumeRole is in the caller's trail only.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

import json

from crossgrant.doctor.parse.error import ParsedError


def read_trail_event(text: str) -> ParsedError | None:
    """Return what one CloudTrail record tells, or None for any other text."""
    if not (text.startswith("{") and '"eventName"' in text):
        return None
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not isinstance(event.get("eventSource"), str):
        return None
    identity = event.get("userIdentity")
    parameters = event.get("requestParameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    resource = parameters.get("roleArn") or next(iter(_resource_arns(event.get("resources"))), None)
    return ParsedError(
        principal=_text(identity.get("arn")) if isinstance(identity, dict) else None,
        resource=_text(resource),
        code=_text(event.get("errorCode")),
        message=_text(event.get("errorMessage")),
        operation=_text(event.get("eventName")),
        service=event["eventSource"].partition(".")[0],
        request_id=_text(event.get("requestID")),
        parameters={name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()},
    )


def _resource_arns(resources: object) -> list[object]:
    return [each.get("ARN") for each in resources if isinstance(each, dict)] if isinstance(resources, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
