"""Requests that no SDK would send, signed or not, byte by byte: for bad input and for what SDKs hide."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from support.gateway import Gateway


@dataclass(frozen=True)
class Answer:
    """One HTTP response, headers by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def signed_headers(
    gateway: Gateway,
    service: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
    path: str = "/",
    account: str = "owner",
    credentials: Credentials | None = None,
) -> dict[str, str]:
    """Return `headers` with the SigV4 signature of `account`'s operator, or of `credentials`."""
    request = AWSRequest(method, gateway.endpoint + path, headers=dict(headers or {}), data=body)
    keys = credentials or gateway.session(account).get_credentials()
    assert keys is not None
    SigV4Auth(keys, service, gateway.region).add_auth(request)
    return dict(request.headers.items())


def send(
    gateway: Gateway, headers: Mapping[str, str], body: bytes = b"", *, method: str = "POST", path: str = "/"
) -> Answer:
    """Send one request as it is, with the body's length, and return the response."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(gateway.endpoint).netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if "Content-Length" not in headers else []
    return parse(exchange(gateway, "\r\n".join(lines).encode() + b"\r\n\r\n" + body))


def call(gateway: Gateway, target: str, body: bytes, *, account: str = "owner") -> Answer:
    """Make one signed DynamoDB call, such as `GetItem`, with a body of any bytes."""
    headers = {"X-Amz-Target": f"DynamoDB_20120810.{target}", "Content-Type": "application/x-amz-json-1.0"}
    return send(gateway, signed_headers(gateway, "dynamodb", body, headers, account=account), body)


def exchange(gateway: Gateway, data: bytes, seconds: float = 20.0) -> bytes:
    """Send raw bytes and return all that comes back until the gateway closes, at most `seconds` after its last word."""
    address = urlsplit(gateway.endpoint)
    with socket.create_connection((address.hostname, address.port), seconds) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def parse(response: bytes) -> Answer:
    """Split one response into its parts."""
    head, _, body = response.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = (line.partition(": ")[::2] for line in lines)
    return Answer(int(status.split(" ")[1]), {name.lower(): value for name, value in headers}, body)
