"""Every case of tests/cases/iam is a scenario: AWS's rules, one by one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from crossgrant.iam import Decision, evaluate
from crossgrant.iam.scenario import Scenario, answer, read_scenario
from support.case_files import parameters, read_cases

# 49 and 51 to 53 are STS's and IAM's own: they are tested against the gateway.
RULES = {*range(1, 49), 50, 54, 55}


@pytest.mark.parametrize("case", parameters("iam/*.jsonl"))
def test_a_case_is_decided_as_expected(case: dict[str, Any]) -> None:
    scenario = read_scenario(case, 0)
    reply, as_expected = answer(scenario, brief=True)
    assert as_expected, reply


@pytest.mark.parametrize("case", parameters("iam/*.jsonl"))
def test_the_trace_tells_the_same_story(case: dict[str, Any]) -> None:
    """Each statement that decided is among those that the trace says matched, and the trace changes no decision."""
    scenario = read_scenario(case, 0)
    plain = evaluate(scenario.request, scenario.policies)
    traced = evaluate(scenario.request, scenario.policies, trace=True)
    assert plain[:3] == traced[:3]
    assert traced.trace is not None
    for check in traced.trace.checks:
        for policy in check.policies:
            decided = {by.pointer for by in plain.decided_by if (by.layer, by.policy) == (check.layer, policy[0].name)}
            wanted = None if plain.decision is Decision.UNKNOWN else True
            assert decided <= {each.statement.pointer for each in policy.statements if each.matched is wanted}


def test_every_rule_has_a_case() -> None:
    found = {int(number) for case in read_cases("iam/*.jsonl") for number in re.findall(r"^rule-(\d+)/", case["id"])}
    assert found == RULES


def test_every_case_names_its_page_and_has_an_id_of_its_own() -> None:
    cases = read_cases("iam/*.jsonl")
    assert all(case["source"].startswith(("https://", "docs/")) for case in cases)
    assert len({case["id"] for case in cases}) == len(cases)


def test_a_scenario_is_read_into_values() -> None:
    scenario = read_scenario(read_cases("iam/layers.jsonl")[0], 7)
    assert isinstance(scenario, Scenario)
    assert scenario.request.action == "dynamodb:GetItem"
