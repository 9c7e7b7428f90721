"""HTTP as no SDK speaks it: each such request gets one clear answer, and the gateway goes on serving."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from support.gateway import Gateway
from support.signed import Answer, exchange, parse, send, signed_headers

QUERY = "application/x-www-form-urlencoded"
WHO = b"Action=GetCallerIdentity&Version=2011-06-15"


@pytest.fixture(autouse=True)
def still_serves(gateway: Gateway) -> Iterator[None]:
    """Every test ends with an ordinary call that is served."""
    yield
    assert gateway.session().client("sts").get_caller_identity()["Account"] == "222222222222"


def who(gateway: Gateway, *, extra: str = "", version: str = "1.1") -> bytes:
    """Return the bytes of one signed GetCallerIdentity."""
    headers = signed_headers(gateway, "sts", WHO, {"Content-Type": QUERY})
    lines = [f"POST / HTTP/{version}", f"Host: {urlsplit(gateway.endpoint).netloc}", f"Content-Length: {len(WHO)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + f"\r\n{extra}\r\n").encode() + WHO


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),  # a client that speaks TLS
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: minus one\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfive\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 501),
        (b"GET /%FF%00?%FF HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 501),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 501),
    ],
)
def test_what_is_no_request_of_ours_is_refused(gateway: Gateway, sent: bytes, status: int) -> None:
    assert parse(exchange(gateway, sent)).status == status


def test_a_body_over_the_limit_is_refused_while_it_comes(gateway: Gateway) -> None:
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    with socket.create_connection((urlsplit(gateway.endpoint).hostname, urlsplit(gateway.endpoint).port), 30) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        answer = b""
        with suppress(ConnectionError):  # the gateway closes while the client still sends
            for _ in range(200):
                client.sendall(chunk)
        with suppress(ConnectionError):
            answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert not answer or parse(answer).status == 413


def test_a_truncated_request_holds_nobody_up(gateway: Gateway) -> None:
    address = urlsplit(gateway.endpoint)
    with socket.create_connection((address.hostname, address.port), 20) as client:
        client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nnot a hundred bytes")
        assert gateway.session().client("sts").get_caller_identity()["Account"] == "222222222222"


def test_requests_on_one_connection_are_answered_in_order(gateway: Gateway) -> None:
    unknown = b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
    last = who(gateway, extra="Connection: close\r\n")
    answers = exchange(gateway, (who(gateway) + unknown) * 20 + last)
    assert [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]] == [b"200"] + [b"501", b"200"] * 20


def test_a_chunked_body_is_read_as_it_was_signed(gateway: Gateway) -> None:
    headers = signed_headers(gateway, "sts", WHO, {"Content-Type": QUERY})
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if name != "Content-Length")
    host = urlsplit(gateway.endpoint).netloc
    head = f"POST / HTTP/1.1\r\nHost: {host}\r\n{lines}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (WHO[:7], WHO[7:]))
    assert parse(exchange(gateway, head.encode() + chunks + b"0\r\n\r\n")).status == 200


def test_http_1_0_is_answered_and_closed(gateway: Gateway) -> None:
    answer = parse(exchange(gateway, who(gateway, version="1.0")))
    assert (answer.status, answer.headers["connection"]) == (200, "close")


def test_expect_100_continue_is_met(gateway: Gateway) -> None:
    answer = exchange(gateway, who(gateway, extra="Expect: 100-continue\r\nConnection: close\r\n"))
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_an_unknown_service_is_named(gateway: Gateway) -> None:
    headers = signed_headers(gateway, "sqs", b"{}", {"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": "x/json"})
    answer = send(gateway, headers, b"{}")
    assert (answer.status, json.loads(answer.body)["message"].split("`")[1]) == (501, "sqs")


def test_many_clients_are_served_at_once(gateway: Gateway) -> None:
    answers: list[Answer] = []
    request = who(gateway, extra="Connection: close\r\n")
    clients = [threading.Thread(target=lambda: answers.append(parse(exchange(gateway, request)))) for _ in range(50)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert [answer.status for answer in answers] == [200] * 50
