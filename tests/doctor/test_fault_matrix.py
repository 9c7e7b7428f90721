"""Each fault, put into a working grant of the embedded accounts: the function's real error, and what `why` says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crossgrant.doctor import Verdict
from support.asking import VIEWS, ask, named
from support.fault_world import World, allow, document, worlds
from support.faults import DIRECT, FAULTS, ONE_TEXT, OTHERS, TO_DIRECT, VARIANTS, WRITTEN, Fault
from support.gateway import Gateway
from support.mending import ask_and_mend_twice, mend

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[2] / "docs" / "why.md"
GROUPS = {"one text": ONE_TEXT, "variants": VARIANTS, "others": OTHERS, "table policy": DIRECT}
BY_ID = {fault.id: fault for fault in FAULTS}

# Thirty of the pairs; `python -m support.all_pairs` in tests/ runs every one.
PAIRS = (
    ("F01", "F02"), ("F01", "F03"), ("F01", "F05"), ("F01", "F07"), ("F01", "F08"), ("F01", "F11"), ("F01", "F14"),
    ("F02", "F03"), ("F03", "F05"), ("F03", "F07"), ("F03", "F08"), ("F03", "F10"), ("F03", "F11"), ("F03", "F14"),
    ("F07", "F11"), ("F07", "F14"), ("F10", "F11"), ("F10", "F14"), ("F01", "F12"), ("F02", "F13"), ("F11", "F12"),
    ("F01", "F33"), ("F02", "F36"), ("F05", "F37"), ("F07", "F38"), ("F08", "F33"), ("F10", "F37"), ("F11", "F38"),
    ("F14", "F36"), ("F13", "F33"),
)  # fmt: skip

New = Callable[[], World]


@pytest.fixture(scope="module")
def new(gateway: Gateway) -> New:
    numbers = worlds(gateway)
    clients: dict[tuple[str, str], Any] = {}
    return lambda: World(gateway, next(numbers), clients=clients).build()


def seen(new: New, fault: Fault) -> dict[str, str]:
    """Put one fault in, invoke, and return what each view names."""
    world = new()
    fault.inject(world)
    failed, text = world.invoke()
    assert failed, f"{fault.id} does no harm: {text}"
    return {view: named(ask(world, text, view)) for view in VIEWS}


def table(rows: dict[str, dict[str, str]]) -> str:
    """Return the confusion matrix: the fault that was put in, and what each view named."""
    lines = [f"| put in | {' | '.join(VIEWS)} |", "|---" * (len(VIEWS) + 1) + "|"]
    return "\n".join(
        [*lines, *(f"| {fault} | {' | '.join(row[view] for view in VIEWS)} |" for fault, row in rows.items())]
    )


@pytest.mark.parametrize("group", GROUPS)
def test_each_fault_is_named_and_no_view_names_another(group: str, new: New) -> None:
    rows = {fault.id: seen(new, fault) for fault in GROUPS[group]}
    shown = table(rows)
    print(f"\n{group}\n{shown}")  # noqa: T201 - the matrix is printed
    for fault in GROUPS[group]:
        for view in VIEWS:
            whole = view in ("both", "dumps")
            assert rows[fault.id][view] in ((fault.cause,) if whole else (fault.cause, "undetermined")), (
                fault.id,
                view,
            )
    assert shown in PAGE.read_text(encoding="utf-8"), "docs/why.md shows another matrix"


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=[f"{first}+{second}" for first, second in PAIRS])
def test_of_two_faults_one_is_named_and_then_the_other(first: str, second: str, new: New) -> None:
    assert ask_and_mend_twice(new(), BY_ID[first], BY_ID[second]) == {first, second}


@pytest.mark.parametrize("fault", [*ONE_TEXT, *VARIANTS[:3], *DIRECT[:2]], ids=lambda each: each.id)
def test_a_verified_fix_makes_the_invocation_succeed(fault: Fault, new: New) -> None:
    world = new()
    fault.inject(world)
    diagnosis = ask(world, world.invoke()[1], "both", verify=True)
    assert diagnosis.verified
    assert diagnosis.found
    assert diagnosis.found.fix
    mend(world, diagnosis.found.fix)
    assert world.invoke()[0] is False


@pytest.mark.parametrize(("cause", "call"), WRITTEN, ids=[each for each, _ in WRITTEN])
def test_what_is_refused_when_written_is_named_by_its_text(cause: str, call: Callable[[World], str], new: New) -> None:
    world = new()
    assert named(ask(world, call(world), "both")) == cause


def resilient(world: World) -> None:
    condition = {"ArnEquals": {"aws:PrincipalArn": world.execution_role_arn}}
    world.put_trust(world.trust({"AWS": "111111111111"}, Condition=condition))


def of_the_session(world: World) -> None:
    world.put_trust(
        world.trust({"AWS": f"arn:aws:sts::111111111111:assumed-role/{world.execution_role}/{world.function}"})
    )


def with_an_external_id(world: World) -> None:
    world.put_trust(world.trust(Condition={"StringEquals": {"sts:ExternalId": "orders"}}))
    world.configure({"EXTERNAL_ID": "orders"})


def with_tags_and_a_source_identity(world: World) -> None:
    principal = {"AWS": world.execution_role_arn}
    asked = {
        "sts:AssumeRole": {"sts:SourceIdentity": "orders", "aws:RequestTag/team": "orders"},
        "sts:TagSession": {"aws:RequestTag/team": "orders"},
        "sts:SetSourceIdentity": {"sts:SourceIdentity": "orders"},
    }
    world.put_trust(
        document(
            *(
                {"Effect": "Allow", "Principal": principal, "Action": action, "Condition": {"StringEquals": keys}}
                for action, keys in asked.items()
            )
        )
    )
    world.put_caller_policy(allow(list(asked), world.role_arn))
    world.configure({"SESSION_TAGS": '{"team": "orders"}', "SOURCE_IDENTITY": "orders"})


def of_this_function_alone(world: World) -> None:
    function = f"arn:aws:lambda:us-east-1:111111111111:function:{world.function}"
    condition = {"ArnEquals": {"lambda:SourceFunctionArn": function}}
    world.put_caller_policy(allow("sts:AssumeRole", world.role_arn, Condition=condition))


MODES: dict[str, Callable[[World], object]] = {
    "strict": lambda _: None,
    "resilient": resilient,
    "session": of_the_session,
    "external id": with_an_external_id,
    "tags and a source identity": with_tags_and_a_source_identity,
    "this function alone": of_this_function_alone,
    "table policy": TO_DIRECT.inject,
}


@pytest.mark.parametrize("mode", MODES)
def test_a_working_grant_is_healthy(mode: str, new: New) -> None:
    world = new()
    MODES[mode](world)
    assert world.invoke()[0] is False
    for principal, action, resource in world.calls():
        asked = ask(world, "", "both", asking=(principal, action, resource))
        assert (named(asked), asked.possible) == (Verdict.HEALTHY.value, ()), (action, asked.note)


def test_every_pair_of_the_list_goes_together() -> None:
    assert len(set(PAIRS)) == 30
    assert all(BY_ID[first].goes_with(BY_ID[second]) for first, second in PAIRS)
