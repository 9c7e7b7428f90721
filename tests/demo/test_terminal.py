"""The drawing of the accounts, and the words for what decided."""

from __future__ import annotations

from pathlib import Path

from crossgrant.demo import decided
from crossgrant.demo.calls import put_role_policy
from crossgrant.demo.cast import cast
from crossgrant.demo.decisions import Decision, Reason, Unmet
from crossgrant.demo.impossible import ask_for_external_id
from crossgrant.demo.outcome import Failed, Succeeded
from crossgrant.demo.statements import statements
from crossgrant.demo.terminal import picture

SESSION = "arn:aws:sts::111111111111:assumed-role/orders-api-exec/orders-report"
ROLE = "arn:aws:iam::222222222222:role/CrossAccountDynamoDBRole"
SILENT_CALLER = Reason("PRINCIPAL", None, None, None)
SILENT_OWNER = Reason("RESOURCE", None, None, None)
FUNCTIONS = tuple(f"arn:aws:lambda:us-east-1:111111111111:function:{name}" for name in ("orders-api", "orders-report"))


def _assume_role(decision: str, *reasons: Reason, unmet: tuple[Unmet, ...] = ()) -> Decision:
    return Decision(SESSION, "sts:AssumeRole", ROLE, decision, reasons, unmet)


def test_the_drawing_is_the_readmes_and_fits_80_columns() -> None:
    lines = [line.plain for line in picture(cast())]
    assert max(map(len, lines)) <= 80
    assert "\n".join(lines) in (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_a_silent_owner_is_told_by_its_trust_policy() -> None:
    assert decided.denial(_assume_role("ImplicitDeny", SILENT_OWNER)) == (
        "no statement of the trust policy of CrossAccountDynamoDBRole allows orders-api-exec"
    )


def test_a_condition_that_did_not_hold_is_told_with_both_values() -> None:
    unmet = Unmet("lambda:SourceFunctionArn", FUNCTIONS[:1], FUNCTIONS[1:])
    assert decided.denial(_assume_role("ImplicitDeny", SILENT_CALLER, unmet=(unmet,))) == (
        "no statement of the policies of orders-api-exec allows sts:AssumeRole on role/CrossAccountDynamoDBRole; "
        "lambda:SourceFunctionArn must be function:orders-api, and is function:orders-report"
    )


def test_an_absent_key_is_told_so() -> None:
    unmet = Unmet("sts:ExternalId", ("orders-7f3c",), ())
    said = decided.denial(_assume_role("ImplicitDeny", SILENT_OWNER, unmet=(unmet,)))
    assert said.endswith("sts:ExternalId must be orders-7f3c, and is absent")


def test_a_permission_names_the_statements_of_both_sides() -> None:
    owner = Reason("RESOURCE", "CrossAccountDynamoDBRole trust policy", "/Statement/0", "AssumeThisRole")
    caller = Reason("PRINCIPAL", "crossgrant-orders-reader", "/Statement/0", "AssumeOwnerRole")
    allowed = _assume_role("Allow", owner, caller)
    assert decided.by([allowed], Succeeded()) == [
        "sts:AssumeRole allowed by AssumeThisRole in the CrossAccountDynamoDBRole trust policy "
        "and AssumeOwnerRole in crossgrant-orders-reader of orders-api-exec"
    ]
    assert decided.by([allowed], Failed("ExpiredTokenException", "…")) == []


def test_a_policy_is_told_a_line_a_statement() -> None:
    assert statements(put_role_policy("caller", cast().execution_role)) == [
        "AssumeOwnerRole: sts:AssumeRole on role/CrossAccountDynamoDBRole "
        "if lambda:SourceFunctionArn is function:orders-api",
        "WriteOwnLogs: logs:CreateLogGroup, CreateLogStream, PutLogEvents on log-group:/aws/lambda/orders-api:*",
    ]
    assert statements(ask_for_external_id(cast())) == [
        "AssumeThisRole: arn:aws:iam::111111111111:role/orders-api-exec may sts:AssumeRole "
        "if sts:ExternalId is orders-7f3c"
    ]
