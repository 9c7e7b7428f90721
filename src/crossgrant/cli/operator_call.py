"""An operator's signed call to the gateway's own operations."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from crossgrant.errors import CrossgrantError
from crossgrant.local.ready import NoGatewayError, read_ready
from crossgrant.local.services.crossgrant_.model import MODEL

_TIMEOUT = 60.0


def operator_call(ready_file: Path | None, operation: str, values: dict[str, Any]) -> dict[str, Any]:
    """Call one operation of signing name `crossgrant` as the first account's operator, and return its output.

    Raises:
        NoGatewayError: no gateway answers.
        CrossgrantError: it answers with an error.

    """
    import botocore.session  # noqa: PLC0415 - takes its time
    from botocore.auth import SigV4Auth  # noqa: PLC0415 - as above
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - as above

    gateway = read_ready(ready_file)
    session = botocore.session.Session(profile=next(iter(gateway.accounts)))
    session.set_config_variable("config_file", str(gateway.config_file))
    session.set_config_variable("credentials_file", str(gateway.credentials_file))
    metadata = MODEL["metadata"]
    headers = {
        "Content-Type": f"application/x-amz-json-{metadata['jsonVersion']}",
        "X-Amz-Target": f"{metadata['targetPrefix']}.{operation}",
    }
    signed = AWSRequest("POST", gateway.endpoint + "/", headers, json.dumps(values).encode())
    credentials = session.get_credentials()
    assert credentials is not None  # the ready file's profile has them
    SigV4Auth(credentials, "crossgrant", gateway.region).add_auth(signed)
    request = urllib.request.Request(gateway.endpoint + "/", signed.data, dict(signed.headers.items()), method="POST")  # noqa: S310 - the gateway's loopback URL
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_TIMEOUT) as answer:
            output: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        raise CrossgrantError(f"the gateway refused {operation}: {json.load(error).get('message')}") from None
    except OSError:
        raise NoGatewayError(f"nothing answers at {gateway.endpoint}", help="start it with `crossgrant up`") from None
    return output
