"""How each SDK and tool frames an AWS error: its code, operation, service, status and request id.

The frames are the rows of frames.toml.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from crossgrant.doctor.parse.error import ParsedError

WORD = r"\b[A-Za-z][\w.]{0,80}"
FRAMES = tuple(
    re.compile(row["pattern"].replace("WORD", WORD))
    for row in tomllib.loads((Path(__file__).parent / "frames.toml").read_text(encoding="utf-8"))["frame"]
)
HOST = re.compile(
    r"https?://(?:vpce-[\w-]+\.)?(?:\d{12}\.)?(?P<service>sts|dynamodb|ddb|lambda|iam|kms|logs|cloudformation)\."
)
NAMES = {
    "SecurityTokenService": "sts",
    "AWSSecurityTokenService": "sts",
    "AmazonDynamoDBv2": "dynamodb",
    "ddb": "dynamodb",
    "AWSLambda": "lambda",
    "AWSLambdaInternal": "lambda",
    "AmazonIdentityManagement": "iam",
    "AWSKMS": "kms",
    "AmazonCloudFormation": "cloudformation",
}
"""What SDKs call a service beside its signing name."""
WRAPPERS = frozenset(
    {
        "ClientError",
        "Error",
        "Exception",
        "RuntimeError",
        "Runtime.UnhandledPromiseRejection",
        "GeneralServiceException",
        "InvalidRequest",
    }
)
"""Names of the wrapping, not of the error: an SDK's own class, or CloudFormation's handler code."""


def read_frame(text: str) -> ParsedError | None:
    """Return the fields that the frames found in `text` tell, the first frame's first."""
    parsed = ParsedError()
    for pattern in FRAMES:
        if found := pattern.search(text):
            told: dict[str, Any] = {key: value for key, value in found.groupdict().items() if value}
            if told.get("code") in WRAPPERS:
                continue
            if "status" in told:
                told["status"] = int(told["status"])
            if "service" in told:
                told["service"] = _signing_name(told["service"])
            parsed = parsed.filled(ParsedError(**told))
    if parsed.service is None and (host := HOST.search(text)):
        parsed = parsed.filled(ParsedError(service=_signing_name(host["service"])))
    return parsed if parsed != ParsedError() else None


def _signing_name(name: str) -> str:
    return NAMES.get(name, name.replace(" ", "").lower())
