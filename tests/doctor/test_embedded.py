"""`why` and `doctor` on the embedded accounts, as commands: live, and with what the other team's terminal showed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossgrant.doctor import Inquiry, parse_error
from crossgrant.doctor.gather import gather
from crossgrant.evidence import NOTHING, LiveAccount, commands
from support.fault_world import CALLER, OWNER, REGION, World, worlds
from support.faults import ONE_TEXT
from support.gateway import Gateway, crossgrant

pytestmark = pytest.mark.slow
FAULTS = {fault.id: fault for fault in ONE_TEXT}


@pytest.fixture(scope="module")
def world(gateway: Gateway) -> World:
    return World(gateway, next(worlds(gateway))).build()


def grant_file(world: World, folder: Path) -> Path:
    file = folder / "crossgrant.yaml"
    file.write_text(f"""
version: 1
accounts:
  caller: {{id: "{CALLER}", region: {REGION}}}
  owner: {{id: "{OWNER}", region: {REGION}}}
grants:
  orders:
    from: {{account: caller, function: {world.function}, execution_role: "{world.execution_role_arn}"}}
    to: {{account: owner, table: Orders, role: {world.role}}}
    allow: [GetItem]
""")
    return file


def test_a_working_grant_passes_the_doctor_and_its_drift_is_said(world: World, tmp_path: Path) -> None:
    ran = world.gateway.crossgrant("doctor", str(grant_file(world, tmp_path)), "--embedded", "--json")
    (grant,) = json.loads(ran.stdout)["grants"]
    assert (ran.returncode, grant["outcome"]) == (0, "allow"), ran.stdout + ran.stderr
    assert {each["status"] for each in grant["checks"]} <= {"pass", "warn", "skipped"}
    assert [each["title"] for each in grant["checks"] if each["status"] == "warn"] == [
        "the function's environment",
        "the execution role's policies",
    ]


def test_a_stale_unique_id_fails_the_doctor_and_why_says_how_to_mend_it(world: World, tmp_path: Path) -> None:
    FAULTS["F07"].inject(world)
    ran = world.gateway.crossgrant("doctor", str(grant_file(world, tmp_path)), "--embedded", "--expect", "deny")
    assert ran.returncode == 0
    assert "F07" in ran.stdout
    told = world.gateway.crossgrant("why", world.invoke()[1], "--embedded", "--verify", "--json")
    said = json.loads(told.stdout)
    assert (told.returncode, said["cause"]["id"], said["fix"]["verified"]) == (1, "F07", True)
    alone = world.gateway.crossgrant("why", world.invoke()[1], "--embedded", "--side", "caller", "--json")
    assert (alone.returncode, json.loads(alone.stdout)["verdict"]) == (3, "undetermined")
    world.put_trust(world.trust())


def test_the_script_for_the_other_team_runs_and_its_output_is_evidence(world: World, tmp_path: Path) -> None:
    failed_text = (
        "An error occurred (AccessDenied) when calling the AssumeRole operation: User: {} is not authorized to "
    )
    text = failed_text.format(world.calls()[0][0]) + f"perform: sts:AssumeRole on resource: {world.role_arn}"
    script = commands.script((*commands.role(world.role), *commands.role_policies(world.role)), "owner.txt")
    ran = world.gateway.crossgrant("exec", "owner", "--", "sh", "-c", script, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    shown = (tmp_path / "owner.txt").read_text()
    assert "+ aws iam get-role" in shown
    told = world.gateway.crossgrant(
        "why", text, "--embedded", "--side", "caller", "--owner-file", str(tmp_path / "owner.txt"), "--json"
    )
    assert json.loads(told.stdout)["verdict"] in ("healthy", "cause", "undetermined")
    assert "F02" in json.loads(told.stdout)["ruled_out"]
    assert "F03" in json.loads(told.stdout)["ruled_out"]


def test_the_number_of_calls_does_not_grow_with_the_roles(world: World) -> None:
    def calls() -> int:
        caller, owner = (LiveAccount(world.gateway.session(side), side) for side in ("caller", "owner"))
        session, action, resource = world.calls()[0]
        text = f"User: {session} is not authorized to perform: {action} on resource: {resource}"
        gather(Inquiry(parse_error(text), NOTHING, NOTHING), caller, owner, REGION)
        return len(caller.answers) + len(owner.answers)

    before = calls()
    for number in range(20):
        world.make_execution_role(f"more-{number}")
    assert calls() == before < 20


def test_the_least_policy_is_enough_to_read_a_side(world: World) -> None:
    iam = world.caller_iam
    policy = json.loads(world.gateway.crossgrant("why", "--permissions").stdout)["caller"]
    iam.create_user(UserName="reader")
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="reader")["AccessKey"]

    class Session:
        def client(self, service: str, region_name: str | None = None) -> object:
            del region_name
            return world.gateway.client(service, "caller", key)

    account = LiveAccount(Session(), "the least")
    session, action, resource = world.calls()[0]
    text = f"User: {session} is not authorized to perform: {action} on resource: {resource}"
    gather(Inquiry(parse_error(text), NOTHING, NOTHING), account, None, REGION)
    refused = {each.operation: each.error for each in account.answers.values() if each.error}
    assert refused == {"organizations:DescribeOrganization": "AWSOrganizationsNotInUseException"}


def test_a_session_that_the_function_keeps_too_long_is_f50(world: World) -> None:
    world.configure({"KEPT": "1", "SESSION_DURATION": "900"})
    assert world.invoke()[0] is False
    world.gateway.crossgrant("clock", "--advance", "20m")
    failed, text = world.invoke()
    told = json.loads(world.gateway.crossgrant("why", text, "--embedded", "--json").stdout)
    assert (failed, told["cause"]["id"]) == (True, "F50"), text


def test_nothing_is_running_where_no_gateway_is(tmp_path: Path) -> None:
    ran = crossgrant("why", "x", "--embedded", "--ready-file", str(tmp_path / "none.json"))
    assert (ran.returncode, ran.stdout) == (2, "")
