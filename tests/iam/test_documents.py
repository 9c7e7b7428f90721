"""What AWS refuses to write, and what it accepts."""

from __future__ import annotations

from typing import Any

import pytest

from crossgrant.iam import MalformedPolicyDocumentError, PolicyKind, parse_policy
from support.case_files import parameters


@pytest.mark.parametrize("case", parameters("policies/refused.jsonl"))
def test_a_document_is_refused_with_awss_text_and_the_place(case: dict[str, Any]) -> None:
    with pytest.raises(MalformedPolicyDocumentError) as refused:
        parse_policy(case["document"], PolicyKind(case["kind"]))
    assert (refused.value.message, refused.value.pointer) == (case["message"], case["pointer"])


@pytest.mark.parametrize("case", parameters("policies/accepted.jsonl"))
def test_a_document_is_accepted(case: dict[str, Any]) -> None:
    document = parse_policy(case["document"], PolicyKind(case["kind"]))
    assert document.statements
    assert document.kind == case["kind"]


def test_a_document_keeps_its_source() -> None:
    source = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    document = parse_policy(source, PolicyKind.IDENTITY_BASED)
    assert document.source == source
    assert document.statements[0].pointer == "/Statement/0"
