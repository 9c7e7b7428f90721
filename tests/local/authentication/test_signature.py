"""Signatures against botocore's own signer, and AWS's text for each way of being wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from crossgrant.local.authentication import AuthenticationError, Refusal, authorization_of, verify
from crossgrant.local.authentication.signature import check_scope, check_time

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HOST = "http://127.0.0.1:4577"

names = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).map(lambda name: "x-amz-" + name.strip("-"))
values = st.text("abcXYZ019 ,;:=/+.", max_size=20)
segments = st.text("abcXYZ019-_.~%: é*'()", min_size=1, max_size=10)


@st.composite
def requests(draw: st.DrawFn) -> AWSRequest:
    """A request as an SDK would make it: any path, query, headers and body."""
    path = "/" + "/".join(draw(st.lists(segments.filter(lambda text: text not in (".", "..")), max_size=3)))
    params = draw(st.dictionaries(st.text("abcXYZ-_~. é+", min_size=1, max_size=8), values, max_size=3))
    prepared = AWSRequest(
        draw(st.sampled_from(["GET", "POST", "PUT"])),
        HOST + path.replace("%", "%25").replace(" ", "%20").replace("é", "%C3%A9"),
        headers=draw(st.dictionaries(names, values, max_size=3)),
        data=draw(st.binary(max_size=50)),
        params=params,
    )
    signer = SigV4Auth(Credentials(KEY, SECRET, draw(st.none() | st.just("a/token+"))), "dynamodb", "us-east-1")
    signer.add_auth(prepared)
    return prepared


def received(request: AWSRequest) -> dict[str, str]:
    """The headers as the gateway gets them."""
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    return {"host": "127.0.0.1:4577", **headers}


def check(request: AWSRequest, **changed: object) -> None:
    prepared = request.prepare()
    _, _, rest = prepared.url.removeprefix("http://").partition("/")
    path, _, query = ("/" + rest).partition("?")
    headers = received(request)
    parts = {
        "method": prepared.method,
        "path": path,
        "query": query,
        "headers": headers,
        "body": prepared.body or b"",
        **changed,
    }
    secret = str(parts.pop("secret", SECRET))
    verify(authorization_of(headers), secret, **parts)  # type: ignore[arg-type]  # each part has verify's own type


@given(requests())
def test_what_botocore_signs_is_accepted(request: AWSRequest) -> None:
    check(request)


@given(requests(), st.binary(min_size=1, max_size=5))
def test_a_changed_body_is_refused(request: AWSRequest, added: bytes) -> None:
    body = bytes(request.prepare().body or b"")  # type: ignore[arg-type]  # the requests above carry bytes
    with pytest.raises(AuthenticationError) as refused:
        check(request, body=body + added)
    assert refused.value.refusal is Refusal.SIGNATURE


@given(requests())
def test_another_secret_method_path_or_query_is_refused(request: AWSRequest) -> None:
    for changed in ({"secret": SECRET + "x"}, {"method": "DELETE"}, {"path": "/elsewhere"}, {"query": "Added=1"}):
        with pytest.raises(AuthenticationError):
            check(request, **changed)


@pytest.mark.parametrize(
    ("header", "refusal", "text"),
    [
        (None, Refusal.MISSING_TOKEN, "Request is missing Authentication Token"),
        ("Basic abc", Refusal.MISSING_TOKEN, "Request is missing Authentication Token"),
        (
            "AWS4-",
            Refusal.INCOMPLETE,
            (
                "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature'"
                " parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires"
                " existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-"
            ),
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c",
            Refusal.INCOMPLETE,
            (
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                " Authorization=AWS4-HMAC-SHA256"
            ),
        ),
    ],
)
def test_a_header_that_lacks_something_gets_aws_text(header: str | None, refusal: Refusal, text: str) -> None:
    with pytest.raises(AuthenticationError) as refused:
        authorization_of({} if header is None else {"authorization": header})
    assert (refused.value.refusal, refused.value.message) == (refusal, text)


@pytest.mark.parametrize(
    ("credential", "text"),
    [
        (
            "key/date/us-east-1/sts",
            (
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got"
                " 'key/date/us-east-1/sts'"
            ),
        ),
        (
            "key/20261124/us-east-1/sts/aws5",
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. ",
        ),
    ],
)
def test_a_scope_of_another_shape_gets_aws_text(credential: str, text: str) -> None:
    header = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=c"
    with pytest.raises(AuthenticationError) as refused:
        authorization_of({"authorization": header, "x-amz-date": "20261124T120000Z"})
    assert refused.value.message == text


def signed_at(moment: datetime) -> dict[str, str]:
    stamp = moment.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{KEY}/{stamp[:8]}/us-east-1/sts/aws4_request"
    return {
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=c",
        "x-amz-date": stamp,
    }


@pytest.mark.parametrize(
    ("off", "text"),
    [
        (
            -901,
            "Signature expired: 20261124T114459Z is now earlier than 20261124T114500Z (20261124T120000Z - 15 min.)",
        ),
        (
            901,
            (
                "Signature not yet current: 20261124T121501Z is still later than 20261124T121500Z"
                " (20261124T120000Z + 15 min.)"
            ),
        ),
    ],
)
def test_a_clock_that_is_off_by_more_than_the_window_is_refused(off: int, text: str) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    authorization = authorization_of(signed_at(now + timedelta(seconds=off)))
    with pytest.raises(AuthenticationError) as refused:
        check_time(authorization, now.timestamp(), 900)
    assert refused.value.message == text


@pytest.mark.parametrize("off", [-899, 0, 899])
def test_a_clock_within_the_window_is_taken(off: int) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    check_time(authorization_of(signed_at(now + timedelta(seconds=off))), now.timestamp(), 900)


def test_a_request_signed_for_another_service_is_refused() -> None:
    authorization = authorization_of(signed_at(datetime(2026, 11, 24, 12, tzinfo=UTC)))
    check_scope(authorization, "sts")
    with pytest.raises(AuthenticationError, match="Credential should be scoped to correct service: 'iam'"):
        check_scope(authorization, "iam")
