"""What a step ended in is read from boto3's errors, and from those that a function let pass."""

from __future__ import annotations

import pytest

from crossgrant.demo.outcome import Failed, Outcome, Succeeded, as_expected, failure, of_invocation
from crossgrant.demo.step import Done, Expected, Layer, Refused

DENIED = (
    "User: arn:aws:sts::111111111111:assumed-role/orders-api-exec/orders-api is not authorized to perform: "
    "sts:AssumeRole on resource: arn:aws:iam::222222222222:role/CrossAccountDynamoDBRole"
)


def test_a_denial_names_its_action() -> None:
    assert failure("AccessDenied", DENIED) == Failed("AccessDenied", DENIED, "sts:AssumeRole")


def test_an_error_that_a_function_let_pass_is_that_error() -> None:
    text = f"An error occurred (AccessDenied) when calling the AssumeRole operation: {DENIED}"
    payload = {"errorMessage": text, "errorType": "ClientError", "stackTrace": []}
    assert of_invocation("Unhandled", payload) == failure("AccessDenied", DENIED)


def test_another_error_of_a_function_is_its_type() -> None:
    payload = {"errorMessage": "'id'", "errorType": "KeyError"}
    assert of_invocation("Unhandled", payload) == Failed("KeyError", "'id'")


def test_what_a_function_returns_is_its_value() -> None:
    assert of_invocation(None, {"id": {"S": "123"}}) == Succeeded({"id": {"S": "123"}})


@pytest.mark.parametrize(
    ("expected", "outcome", "same"),
    [
        (Done(), Succeeded(), True),
        (Done(), Succeeded("anything"), True),
        (Done({"a": 1}), Succeeded({"a": 1}), True),
        (Done({"a": 1}), Succeeded({"a": 2}), False),
        (Done(), Failed("AccessDenied", ""), False),
        (Refused("AccessDenied"), Succeeded(), False),
        (Refused("ExpiredTokenException"), Failed("ExpiredTokenException", "…"), True),
        (Refused("AccessDenied", "sts:AssumeRole"), Failed("AccessDenied", "…", "sts:AssumeRole"), True),
        (Refused("AccessDenied", "sts:AssumeRole"), Failed("AccessDenied", "…", "sts:TagSession"), False),
        (Refused("A", "b:C", Layer.RESOURCE), Failed("A", "…", "b:C", Layer.RESOURCE), True),
        (Refused("A", "b:C", Layer.RESOURCE), Failed("A", "…", "b:C", Layer.PRINCIPAL), False),
        (Refused("A", saying="principal"), Failed("A", "Invalid principal"), True),
        (Refused("A", saying="principal"), Failed("A", "Invalid action"), False),
    ],
)
def test_an_outcome_is_as_expected(expected: Expected, outcome: Outcome, *, same: bool) -> None:
    assert as_expected(expected, outcome) is same
