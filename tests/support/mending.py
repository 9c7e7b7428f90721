"""A fix that `why` proposes, applied to the embedded accounts by signed calls."""

from __future__ import annotations

import json
from typing import Any

from crossgrant.doctor import Fix, apply_patch
from support.asking import ask, named
from support.fault_world import World
from support.faults import Fault


def mend(world: World, fix: Fix) -> None:
    """Apply `fix` as the team that must act would."""
    target, side = fix.target, fix.target.side.value
    iam = world.client("iam", side)
    match target.part:
        case "trust":
            trust = iam.get_role(RoleName=target.name)["Role"]["AssumeRolePolicyDocument"]
            iam.update_assume_role_policy(
                RoleName=target.name, PolicyDocument=json.dumps(apply_patch(trust, fix.patch))
            )
        case "policy":
            policy = apply_patch(_inline(iam, target.name, target.policy), fix.patch)
            iam.put_role_policy(RoleName=target.name, PolicyName=target.policy, PolicyDocument=json.dumps(policy))
        case "table-policy":
            table = world.client("dynamodb", side)
            policy = apply_patch(None, fix.patch)
            table.put_resource_policy(ResourceArn=target.name, Policy=json.dumps(policy))
        case "function":
            before = world.client("lambda", side).get_function_configuration(FunctionName=target.name)
            after = apply_patch({"Role": before["Role"], "Environment": before["Environment"]}, fix.patch)
            world.environment = dict(after["Environment"]["Variables"])
            world.configure(dict(world.environment), Role=after["Role"])
        case other:
            raise AssertionError(f"{other} can't be mended by a call")


def ask_and_mend_twice(world: World, *faults: Fault) -> set[str]:
    """Put two faults in, and ask, mend and invoke until the function reads; return the causes that were named."""
    for fault in sorted(faults, key=lambda each: each.rank):
        fault.inject(world)
    causes: set[str] = set()
    while True:
        failed, text = world.invoke()
        if not failed or len(causes) > len(faults):
            return causes
        diagnosis = ask(world, text, "both", verify=True)
        assert diagnosis.found, f"{named(diagnosis)} after {causes}: {text}"
        assert diagnosis.found.fix
        assert named(diagnosis) not in causes, f"{named(diagnosis)} again: {text}"
        causes.add(named(diagnosis))
        mend(world, diagnosis.found.fix)


def _inline(iam: Any, role: str, policy: str) -> Any:
    named = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"] if policy in named else None
