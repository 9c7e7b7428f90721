"""DynamoDB calls over one kept connection, without an SDK between: for many calls, and for what an SDK would hide."""

from __future__ import annotations

import configparser
import json
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from support.gateway import Gateway


class RefusedError(Exception):
    """An error that was answered: its type without namespace, and its body."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.code: str = body["__type"].rpartition("#")[2]
        self.body = body
        super().__init__(f"{self.code}: {body.get('message', body.get('Message'))}")


class WireClient:
    """Calls of an account's operator."""

    def __init__(self, gateway: Gateway, account: str = "owner") -> None:
        profiles = configparser.ConfigParser()
        profiles.read(gateway.credentials_file)
        keys = profiles[gateway.profiles[account]]
        self._gateway = gateway
        self._signer = SigV4Auth(
            Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"], keys.get("aws_session_token")),
            "dynamodb",
            gateway.region,
        )
        self._connection = HTTPConnection(urlsplit(gateway.endpoint).netloc, timeout=60)

    def __del__(self) -> None:
        self._connection.close()

    def call(self, operation: str, **given: Any) -> dict[str, Any]:
        """Make a call and return its answer.

        Raises:
            RefusedError: an error was answered.
            OSError, HTTPException: the connection broke before an answer came.

        """
        request = AWSRequest(
            "POST",
            self._gateway.endpoint + "/",
            headers={
                "X-Amz-Target": f"DynamoDB_20120810.{operation}",
                "Content-Type": "application/x-amz-json-1.0",
            },
            data=json.dumps(given).encode(),
        )
        self._signer.add_auth(request)
        self._connection.request("POST", "/", body=request.data, headers=dict(request.headers.items()))
        response = self._connection.getresponse()
        body: dict[str, Any] = json.loads(response.read())
        if response.status >= 400:
            raise RefusedError(body)
        return body
