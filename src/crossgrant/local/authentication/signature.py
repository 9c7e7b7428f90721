"""Signature Version 4: the Authorization header, the canonical request, the signature.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote_plus

from crossgrant.local.authentication.refusals import MISMATCH, MISSING, AuthenticationError, Refusal

ALGORITHM = "AWS4-HMAC-SHA256"
_PARTS = ("Credential", "Signature", "SignedHeaders")
_SCOPE_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parts of an Authorization header. `signed_at` is the text of X-Amz-Date, `20261124T120000Z`."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: str
    signature: str
    signed_at: str


def authorization_of(headers: Mapping[str, str]) -> Authorization:
    """Read the Authorization header.

    Raises:
        AuthenticationError: there is none, or it lacks a part.

    """
    header = headers.get("authorization")
    if not header:
        raise AuthenticationError(Refusal.MISSING_TOKEN, MISSING)
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM and not algorithm.startswith("AWS4-"):
        raise AuthenticationError(Refusal.MISSING_TOKEN, MISSING)
    signed_at = headers.get("x-amz-date") or headers.get("date") or ""
    fields = _fields(rest, header)
    missing = [f"Authorization header requires '{part}' parameter." for part in _PARTS if not fields.get(part)]
    if not signed_at:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if missing:
        raise AuthenticationError(Refusal.INCOMPLETE, " ".join([*missing, f"Authorization={algorithm}"]))
    if algorithm != ALGORITHM:
        raise AuthenticationError(Refusal.INCOMPLETE, f"Unsupported AWS 'algorithm': '{algorithm}'.")
    scope = fields["Credential"].split("/")
    if len(scope) != _SCOPE_LENGTH:
        raise AuthenticationError(
            Refusal.INCOMPLETE,
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got"
            f" '{fields['Credential']}'",
        )
    key, date, region, service, term = scope
    if term != "aws4_request":
        raise AuthenticationError(
            Refusal.SIGNATURE, f"Credential should be scoped with a valid terminator: 'aws4_request', not '{term}'. "
        )
    return Authorization(key, date, region, service, fields["SignedHeaders"], fields["Signature"], signed_at)


def _fields(text: str, header: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            if not name:
                continue
            digest = hashlib.sha256(header.encode()).digest()
            raise AuthenticationError(
                Refusal.INCOMPLETE,
                "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded"
                f" with Base64): '{_base64(digest)}'.",
            )
        fields[name] = value
    return fields


def _base64(raw: bytes) -> str:
    import base64  # noqa: PLC0415 - wanted for a malformed header alone

    return base64.b64encode(raw).decode()


def check_time(authorization: Authorization, now: float, window: int) -> None:
    """Refuse a signature whose date is more than `window` seconds from `now`, or contradicts its scope.

    Raises:
        AuthenticationError: expired, not yet current, or of another day than its scope.

    """
    try:
        signed = _moment(authorization.signed_at)
    except ValueError:
        raise AuthenticationError(
            Refusal.INCOMPLETE,
            "Date must be in ISO-8601 'basic format'. Got '" + authorization.signed_at + "'. See"
            " http://en.wikipedia.org/wiki/ISO_8601",
        ) from None
    if authorization.date != authorization.signed_at[:8]:
        raise AuthenticationError(
            Refusal.SIGNATURE,
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP:"
            f" '{authorization.date}' != '{authorization.signed_at[:8]}', from '{authorization.signed_at}'.",
        )
    minutes = window // 60
    if signed < now - window:
        raise AuthenticationError(
            Refusal.SIGNATURE,
            f"Signature expired: {authorization.signed_at} is now earlier than {_stamp(now - window)}"
            f" ({_stamp(now)} - {minutes} min.)",
        )
    if signed > now + window:
        raise AuthenticationError(
            Refusal.SIGNATURE,
            f"Signature not yet current: {authorization.signed_at} is still later than {_stamp(now + window)}"
            f" ({_stamp(now)} + {minutes} min.)",
        )


@lru_cache(maxsize=64)
def _moment(stamp: str) -> float:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")


def check_scope(authorization: Authorization, service: str) -> None:
    """Refuse a signature that was made for another service: such a request is never served (confirmed.md G3).

    Raises:
        AuthenticationError: the scope names another service.

    """
    if authorization.service != service:
        raise AuthenticationError(Refusal.SIGNATURE, f"Credential should be scoped to correct service: '{service}'. ")


def verify(  # noqa: PLR0913 - the parts of one HTTP request
    authorization: Authorization,
    secret: str,
    *,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
) -> None:
    """Compare the signature with the one that `secret` gives over the request as received.

    Raises:
        AuthenticationError: they differ, or a header that must be signed isn't.

    """
    names = authorization.signed_headers.split(";")
    if "host" not in names and ":authority" not in names:
        raise AuthenticationError(
            Refusal.SIGNATURE, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        )
    canonical_headers = "".join([f"{name}:{_trimmed(headers.get(name, ''))}\n" for name in names])
    canonical = (
        f"{method}\n{_canonical_path(path)}\n{_canonical_query(query)}\n{canonical_headers}\n"
        f"{authorization.signed_headers}\n{hashlib.sha256(body).hexdigest()}"
    )
    scope = f"{authorization.date}/{authorization.region}/{authorization.service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{authorization.signed_at}\n{scope}\n{hashed}"
    key = _signing_key(secret, authorization.date, authorization.region, authorization.service)
    expected = hmac.digest(key, to_sign.encode(), "sha256").hex()
    if not hmac.compare_digest(expected.encode(), authorization.signature.encode()):
        raise AuthenticationError(Refusal.SIGNATURE, MISMATCH)


@lru_cache(maxsize=1024)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _trimmed(value: str) -> str:
    return " ".join(value.split()) if "  " in value else value.strip()


def _canonical_path(path: str) -> str:
    """Every service but S3 encodes the path as sent once more."""
    return "/" if path == "/" else quote(path, safe="/-_.~")


def _canonical_query(query: str) -> str:
    if not query:
        return ""
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(text: str) -> str:
    return quote(unquote_plus(text), safe="-_.~")
