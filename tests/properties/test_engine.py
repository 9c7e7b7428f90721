"""What holds of the policy engine whatever it is asked."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossgrant.iam import Decision, MalformedPolicyDocumentError, PolicyKind, evaluate, parse_policy
from crossgrant.iam.conditions.string import string_matches
from crossgrant.iam.scenario import ScenarioError, answer, read_json, read_scenario
from crossgrant.iam.wildcard import glob, tokens_of
from support.case_files import parameters
from support.random_scenarios import KEYS, scenario, statement
from support.second_reading import decide

pytestmark = pytest.mark.slow
Json = dict[str, Any]
randoms = st.randoms(use_true_random=False)
scenarios = st.builds(scenario, randoms)


def decision(asked: Json) -> Decision:
    read = read_scenario(asked, 1)
    return evaluate(read.request, read.policies).decision


def documents(asked: Json, *kinds: str) -> list[tuple[str, Json]]:
    """Return the documents of a scenario with their kind; those of levels too."""
    found: list[tuple[str, Json]] = []
    for kind, value in asked["policies"].items():
        stack = [value]
        while stack:
            each = stack.pop()
            if isinstance(each, list):
                stack += each
            elif not kinds or kind in kinds:
                found.append((kind, each))
    return found


def statements(document: Json) -> list[Json]:
    listed = document["Statement"]
    return [listed] if isinstance(listed, dict) else listed


@given(scenarios)
def test_the_engine_and_the_second_reading_agree(asked: Json) -> None:
    assert decide(asked) == decision(asked)


@pytest.mark.parametrize("case", parameters("iam/*.jsonl"))
def test_the_second_reading_reads_every_case(case: Json) -> None:
    assert decide(case) == case["expected"]


@given(scenarios, randoms)
def test_the_order_of_statements_and_policies_never_matters(asked: Json, random: Random) -> None:
    shuffled = copy.deepcopy(asked)
    for _, document in documents(shuffled):
        if isinstance(document["Statement"], list):
            random.shuffle(document["Statement"])
    for kind in ("identity_based", "session", "service_control", "resource_control", "vpc_endpoint"):
        random.shuffle(shuffled["policies"].get(kind, []))
    assert decision(asked) == decision(shuffled)


def with_statement(asked: Json, random: Random, effect: str) -> Json | None:
    """Return the scenario with one more statement of `effect` in a document, or None where it has no place for one."""
    more = copy.deepcopy(asked)
    places = [(kind, each) for kind, each in documents(more) if effect == "Deny" or kind != "resource_control"]
    if not places:
        return None
    kind, document = random.choice(places)
    action = more["request"]["action"]
    trust = "Resource" not in statements(document)[0] and "NotResource" not in statements(document)[0]
    shapes = {"resource_based": "trust" if trust else "resource", "vpc_endpoint": "resource", "resource_control": "rcp"}
    made = statement(random, action, shapes.get(kind, "identity")) | {"Effect": effect}
    if made.pop("NotPrincipal", None):
        made["Principal"] = "*"
    document["Statement"] = [*statements(document), made]
    return more


@given(scenarios, randoms)
def test_adding_a_deny_never_allows(asked: Json, random: Random) -> None:
    more = with_statement(asked, random, "Deny")
    if more is not None and decision(asked) is not Decision.ALLOW:
        assert decision(more) is not Decision.ALLOW


@given(scenarios, randoms)
def test_adding_an_allow_never_denies(asked: Json, random: Random) -> None:
    more = with_statement(asked, random, "Allow")
    if more is not None and decision(asked) is Decision.ALLOW:
        assert decision(more) is Decision.ALLOW


@given(scenarios, randoms)
def test_what_is_decided_without_all_of_the_context_stays_decided(asked: Json, random: Random) -> None:
    asked["request"]["context_complete"] = False
    before = decision(asked)
    known = {key.lower() for key in asked["request"]["context"]}
    keys = [key for key in random.sample(list(KEYS), 4) if key.lower() not in known]
    asked["request"]["context"] |= {key: random.choice(KEYS[key]) for key in keys if not derived(key)}
    asked["request"]["context_complete"] = True
    if before is not Decision.UNKNOWN:
        assert (before is Decision.ALLOW) == (decision(asked) is Decision.ALLOW)


def derived(key: str) -> bool:
    """Return whether the engine knows a key from the caller or the resource, so that giving it changes the question."""
    return key in ("aws:PrincipalArn", "aws:userid", "aws:username", "aws:ResourceAccount")


@given(scenarios)
def test_the_full_answer_and_the_brief_one_agree(asked: Json) -> None:
    read = read_scenario(asked, 1)
    brief, _ = answer(read, brief=True)
    full, _ = answer(read)
    assert brief == {name: full[name] for name in brief}
    json.dumps(full)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["Allow", "*", "2012-10-17"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.sampled_from(["Effect", "Statement", "AWS"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def mutated(value: Any, random: Random, junk: Any) -> Any:
    """Return `value` with one part of it, anywhere, replaced by `junk`."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        return {**value, key: mutated(value[key], random, junk)}
    if isinstance(value, list) and value and random.random() < 0.9:
        index = random.randrange(len(value))
        return [*value[:index], mutated(value[index], random, junk), *value[index + 1 :]]
    return junk


@given(scenarios, randoms, values)
def test_a_line_raises_nothing_but_its_documented_error(asked: Json, random: Random, junk: Any) -> None:
    line = mutated(asked, random, junk)
    with suppress(ScenarioError):
        answer(read_scenario(read_json(json.dumps(line)), 1))


@given(st.sampled_from(list(PolicyKind)), values | st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_a_document_raises_nothing_but_its_documented_error(kind: PolicyKind, document: Any) -> None:
    with suppress(MalformedPolicyDocumentError):
        parse_policy(document, kind)


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
def test_a_wildcard_matches_as_trying_every_way_does(pattern: str, text: str) -> None:
    def every_way(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(every_way(pattern[1:], text[start:]) for start in range(len(text) + 1))
        return bool(text) and pattern[0] in ("?", text[0]) and every_way(pattern[1:], text[1:])

    assert every_way(pattern, text) == string_matches(glob(tokens_of(pattern)), text)


@pytest.mark.parametrize("pattern", ["*a*a*a*a*a*a*a*a*b", "*?a*?a*?a*?a*?a*?a*?b"])
def test_an_adversarial_wildcard_is_answered(pattern: str) -> None:
    """A matcher that goes back over what it has tried would not end over a text of this length."""
    assert not glob(tokens_of(pattern)).matches("a" * 200_000)
