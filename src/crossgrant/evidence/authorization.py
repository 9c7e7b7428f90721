"""AWS's own word on a denied request, by the authorization id in its text (a preview: most denials have none).

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from crossgrant.evidence.live import CredentialsError, Session
from crossgrant.evidence.snapshot import JsonObject, NotRead

ATTEMPTS = 4
SECONDS_BETWEEN = 2.0


def read_authorization(
    session: Session, identifier: str, region: str | None, *, sleep: Callable[[float], None] = time.sleep
) -> JsonObject | NotRead:
    """Return GetRequestAuthorizationDetails' answer, all its pages as one.

    Details appear some seconds after the denial, so what is not found is asked for again.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - with files boto3 is never imported

    try:
        client = session.client("iam-toolbox", region_name=region)
        whole: dict[str, Any] = {}
        token: dict[str, str] = {}
        for attempt in range(ATTEMPTS):
            try:
                while True:
                    page = client.get_request_authorization_details(authorizationId=identifier, **token)
                    whole = _joined(whole, page)
                    if not page.get("nextToken"):
                        return whole
                    token = {"nextToken": page["nextToken"]}
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException" or attempt == ATTEMPTS - 1:
                    return NotRead(f"GetRequestAuthorizationDetails answered {error.response['Error']['Code']}")
                sleep(SECONDS_BETWEEN)
    except BotoCoreError as error:
        raise CredentialsError(str(error)) from error
    return NotRead("GetRequestAuthorizationDetails gave no answer")


def _joined(whole: dict[str, Any], page: JsonObject) -> dict[str, Any]:
    lists = {name: [*whole.get(name, ()), *page.get(name, ())] for name in ("evaluations", "policies")}
    return {"requestContext": whole.get("requestContext") or page.get("requestContext", {}), **lists}
