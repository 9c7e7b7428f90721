"""`crossgrant simulate`, run as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.case_files import CASES

pytestmark = pytest.mark.slow  # each test starts the command

CALLER = "arn:aws:sts::111111111111:assumed-role/reader-exec/reader"
TABLE = "arn:aws:dynamodb:us-east-1:111111111111:table/Orders"
ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}}
REQUEST = {"principal": CALLER, "action": "dynamodb:GetItem", "resource": TABLE}
ALLOWED = {"request": REQUEST, "policies": {"identity_based": [ALLOW]}}
UNKNOWN = {
    "request": {**REQUEST, "context_complete": False},
    "policies": {
        "identity_based": [
            {
                "Version": "2012-10-17",
                "Statement": {**ALLOW["Statement"], "Condition": {"StringEquals": {"aws:SourceVpc": "v"}}},  # type: ignore[dict-item]  # a literal
            }
        ]
    },
}


def simulate(*arguments: str, text: str | bytes = "") -> subprocess.CompletedProcess[str]:
    data = text.encode() if isinstance(text, str) else text
    done = subprocess.run(
        [sys.executable, "-m", "crossgrant", "simulate", *arguments], input=data, capture_output=True, check=False
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def answers(*lines: object, brief: bool = False) -> tuple[int, list[dict[str, Any]]]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = simulate("-", *(["--brief"] if brief else []), text=text)
    assert done.stderr == ""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_every_case_of_the_repository_is_answered_as_expected() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted((CASES / "iam").glob("*.jsonl")))
    done = simulate("-", "--brief", text=text)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(text.splitlines())


def test_an_answer_has_the_documented_members() -> None:
    code, (answer,) = answers({**ALLOWED, "id": "a", "expected": "Allow"})
    assert code == 0
    assert list(answer) == ["id", "decision", "decided_by", "denial_message", "evaluation", "crossgrant", "as_expected"]
    assert answer["decided_by"] == [
        {"layer": "PRINCIPAL", "kind": "matched", "policy": "identity_based/0", "pointer": "/Statement/0"}
    ]
    assert list(answer["evaluation"]) == ["requestContext", "evaluations", "policies"]
    assert list(answer["crossgrant"]) == ["effective_context", "conditions", "not_evaluated"]
    assert answer["crossgrant"]["effective_context"]["aws:PrincipalArn"] == "arn:aws:iam::111111111111:role/reader-exec"


def test_brief_leaves_three_members() -> None:
    _, (answer,) = answers({**ALLOWED, "expected": "Allow"}, brief=True)
    assert list(answer) == ["id", "decision", "decided_by"]


def test_a_denial_is_a_value_and_has_awss_text() -> None:
    code, (answer,) = answers({"request": REQUEST})
    assert code == 0
    assert answer["decision"] == "ImplicitDeny"
    assert answer["decided_by"] == [{"layer": "PRINCIPAL", "kind": "nothing_allows"}]
    assert answer["denial_message"] == (
        f"User: {CALLER} is not authorized to perform: dynamodb:GetItem on resource: {TABLE} "
        "because no identity-based policy allows the dynamodb:GetItem action"
    )


def test_a_missing_id_is_the_lines_number_and_blank_lines_are_skipped() -> None:
    _, found = answers({"request": REQUEST}, "", "   ", {"request": REQUEST})
    assert [answer["id"] for answer in found] == [1, 4]


def test_a_policy_may_have_a_name() -> None:
    line = {"request": REQUEST, "policies": {"identity_based": [{"name": "read-orders", "document": ALLOW}]}}
    _, (answer,) = answers(line)
    assert answer["decided_by"][0]["policy"] == "read-orders"


def test_expected_deny_is_either_denial_and_expected_by_is_held() -> None:
    silent = {"layer": "PRINCIPAL", "kind": "nothing_allows"}
    code, found = answers(
        {"request": REQUEST, "expected": "Deny", "expected_by": [silent]},
        {"request": REQUEST, "expected": "Deny", "expected_by": [{"layer": "SESSION"}]},
        {**ALLOWED, "expected": "Deny"},
    )
    assert [answer["as_expected"] for answer in found] == [True, False, False]
    assert code == 1


def test_exit_codes_the_first_that_applies() -> None:
    missed = {**ALLOWED, "expected": "Deny"}
    assert answers(UNKNOWN)[0] == 3
    assert answers({**UNKNOWN, "expected": "Unknown"})[0] == 0
    assert answers(UNKNOWN, missed)[0] == 1
    assert answers(UNKNOWN, missed, "{")[0] == 2


BAD_LINES = [
    ("not-json", "{", "InvalidJson", ""),
    ("not-an-object", "[]", "InvalidValue", ""),
    ("repeated-key", '{"request":{},"request":{}}', "InvalidJson", ""),
    ("too-deep", "[" * 200_000, "InvalidJson", ""),
    ("a-number-too-long", '{"id":' + "9" * 6000 + "}", "InvalidJson", ""),
    ("a-number-too-large", '{"id":1e400}', "InvalidJson", ""),
    ("not-a-number", '{"id":NaN}', "InvalidJson", ""),
    ("unknown-field", {**ALLOWED, "polices": {}}, "UnknownField", "/polices"),
    ("unknown-request-field", {"request": {**REQUEST, "region": "x"}}, "UnknownField", "/request/region"),
    ("unknown-kind", {"request": REQUEST, "policies": {"scp": []}}, "UnknownField", "/policies/scp"),
    ("version", {**ALLOWED, "version": 2}, "UnsupportedVersion", "/version"),
    ("no-request", {}, "MissingField", "/request"),
    ("no-action", {"request": {"principal": CALLER, "resource": TABLE}}, "MissingField", "/request/action"),
    ("action", {"request": {**REQUEST, "action": "GetItem"}}, "InvalidValue", "/request/action"),
    ("principal", {"request": {**REQUEST, "principal": "alice"}}, "InvalidPrincipal", "/request/principal"),
    (
        "principal-field",
        {"request": {**REQUEST, "principal": {"type": "role_session", "arn": CALLER, "name": "x"}}},
        "InvalidPrincipal",
        "/request/principal/name",
    ),
    (
        "another-role",
        {
            "request": {
                **REQUEST,
                "principal": {"type": "role_session", "arn": CALLER, "role_arn": "arn:aws:iam::111111111111:role/x"},
            }
        },
        "InvalidPrincipal",
        "/request/principal/role_arn",
    ),
    (
        "account",
        {"request": {**REQUEST, "resource_account": 222222222222}},
        "InvalidValue",
        "/request/resource_account",
    ),
    ("context", {"request": {**REQUEST, "context": {"a/b": {}}}}, "InvalidValue", "/request/context/a~1b"),
    (
        "context-twice",
        {"request": {**REQUEST, "context": {"aws:a": 1, "AWS:A": 1}}},
        "InvalidValue",
        "/request/context/AWS:A",
    ),
    ("complete", {"request": {**REQUEST, "context_complete": "no"}}, "InvalidValue", "/request/context_complete"),
    ("expected", {**ALLOWED, "expected": "allow"}, "InvalidValue", "/expected"),
    ("expected-by", {**ALLOWED, "expected_by": [{"level": 1}]}, "UnknownField", "/expected_by/0/level"),
    (
        "policies-are-a-list",
        {"request": REQUEST, "policies": {"identity_based": ALLOW}},
        "InvalidValue",
        "/policies/identity_based",
    ),
    (
        "document",
        {
            "request": REQUEST,
            "policies": {"service_control": [[], [{"name": "p", "document": {**ALLOW, "Version": "x"}}]]},
        },
        "MalformedPolicyDocument",
        "/policies/service_control/1/0/document/Version",
    ),
    (
        "trust-policy-with-a-resource",
        {
            "request": {**REQUEST, "action": "sts:AssumeRole"},
            "policies": {
                "resource_based": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}],
                }
            },
        },
        "MalformedPolicyDocument",
        "/policies/resource_based/Statement/0/Resource",
    ),
]


def test_each_bad_line_is_an_error_on_that_line_alone() -> None:
    code, found = answers(*[line for _, line, _, _ in BAD_LINES], ALLOWED)
    assert code == 2
    errors = [
        (row[0], answer["error"]["code"], answer["error"]["pointer"])
        for row, answer in zip(BAD_LINES, found, strict=False)
    ]
    assert errors == [(name, expected, pointer) for name, _, expected, pointer in BAD_LINES]
    assert found[-1]["decision"] == "Allow"


def test_a_line_that_is_not_utf_8_is_an_error_on_that_line() -> None:
    done = simulate("-", text=b"\xff\n" + json.dumps(ALLOWED).encode())
    assert [("error" in json.loads(line)) for line in done.stdout.splitlines()] == [True, False]


def test_odd_unicode_is_answered() -> None:
    line = {"id": "\ud800", "request": {**REQUEST, "context": {"aws:\u0130": "\udfff", "\U0001f600": [""]}}}
    code, (answer,) = answers(line)
    assert code == 0
    assert answer["id"] == "\ud800"


def test_each_answer_is_flushed_before_the_next_line_is_read() -> None:
    command = [sys.executable, "-m", "crossgrant", "simulate", "-", "--brief"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(json.dumps(ALLOWED).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["decision"] == "Allow"
        process.stdin.close()


def test_one_question_by_options(tmp_path: Path) -> None:
    policies, context = tmp_path / "policies.json", tmp_path / "context.json"
    policies.write_text(json.dumps({"identity_based": [ALLOW]}))
    context.write_text('{"aws:SourceIp": "10.0.0.1"}')
    question = ["--principal", CALLER, "--action", "dynamodb:GetItem", "--resource", TABLE]
    told = simulate(*question, "--policies", str(policies), "--context", str(context))
    assert told.returncode == 0
    assert told.stdout.startswith("Allow")
    answered = json.loads(simulate(*question, "--policies", str(policies), "--json").stdout)
    assert answered["decision"] == "Allow"
    denied = simulate(*question)
    assert denied.stdout.startswith("ImplicitDeny")
    assert "nothing allows" in denied.stdout


def test_one_question_tells_of_an_action_that_the_resource_cannot_take() -> None:
    question = ["--principal", CALLER, "--action", "dynamodb:GetItem", "--resource"]
    assert "acts on table" in simulate(*question, f"{TABLE}/index/by-customer").stdout
    assert "acts on table" not in simulate(*question, TABLE).stdout
    unknown = simulate("--principal", CALLER, "--action", "dynamodb:GetItems", "--resource", TABLE).stdout
    assert "knows no action dynamodb:GetItems" in unknown


def test_one_question_about_a_grant_file(tmp_path: Path) -> None:
    grants = tmp_path / "crossgrant.yaml"
    grants.write_text(
        "version: 1\naccounts:\n"
        '  caller: {id: "111111111111", region: us-east-1}\n  owner: {id: "222222222222", region: us-east-1}\n'
        "grants:\n  orders:\n"
        "    from: {account: caller, function: reader,\n"
        "           execution_role: 'arn:aws:iam::111111111111:role/reader-exec', only_this_function: false}\n"
        "    to: {account: owner, table: Orders, role: orders-reader}\n    allow: [GetItem]\n"
    )
    hop = [
        "--principal",
        CALLER,
        "--action",
        "sts:AssumeRole",
        "--resource",
        "arn:aws:iam::222222222222:role/orders-reader",
    ]
    assert simulate(*hop, "--grants", str(grants)).stdout.startswith("Allow")
    other = ["--principal", CALLER.replace("exec", "else"), *hop[2:]]
    assert simulate(*other, "--grants", str(grants)).stdout.startswith("ImplicitDeny")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--principal", CALLER],
        ["absent.jsonl"],
        ["-", "--action", "a:b"],
        ["--principal", "{", "--action", "a:b", "--resource", "*"],
        ["--principal", CALLER, "--action", "GetItem", "--resource", "*"],
    ],
    ids=["nothing", "half-a-question", "no-such-file", "both-forms", "no-json", "no-action"],
)
def test_usage_errors_are_one_message_and_exit_2(arguments: list[str]) -> None:
    done = simulate(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
