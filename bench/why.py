"""How soon a pasted error has its cause, with both accounts in files: dumps of one role each, and of a thousand."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import report

ROUNDS = 7
CALLER, OWNER = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{OWNER}:role/orders-reader"
ERROR = (
    f"An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:sts::{CALLER}:assumed-role/"
    f"reader-exec/reader is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
)


def run() -> None:
    """Print the time of the whole command, and of reading the files and finding the cause after imports."""
    rows = []
    for roles in (1, 1_000):
        with tempfile.TemporaryDirectory() as folder:
            caller, owner = _dumps(Path(folder), roles)
            command = ("--caller-file", str(caller), "--owner-file", str(owner))
            whole = statistics.median(_command(ERROR, *command) for _ in range(ROUNDS))
            inside = statistics.median(_inside(caller, owner) for _ in range(ROUNDS))
        rows.append((f"{roles:,} roles an account", f"{whole:.2f} s", f"{1000 * inside:.0f} ms"))
    report.table("Why", ("evidence in files", "the command", "after imports"), rows)


def _dumps(folder: Path, roles: int) -> tuple[Path, Path]:
    hop = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}
    trusted = {"Effect": "Allow", "Principal": {"AWS": "333333333333"}, "Action": "sts:AssumeRole"}
    lambdas = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    files = folder / "caller.json", folder / "owner.json"
    files[0].write_text(_dump(CALLER, "reader-exec", lambdas, hop, roles))
    files[1].write_text(_dump(OWNER, "orders-reader", trusted, hop, roles))
    return files


def _dump(account: str, name: str, trusted: Any, allowed: Any, roles: int) -> str:
    members = [
        {
            "RoleName": each,
            "Arn": f"arn:aws:iam::{account}:role/{each}",
            "RoleId": "AROAEXAMPLE000000000",
            "CreateDate": "2026-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trusted]},
            "RolePolicyList": [
                {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}
            ],
            "AttachedManagedPolicies": [],
        }
        for each in (name, *(f"{name}-{number}" for number in range(1, roles)))
    ]
    return json.dumps({"RoleDetailList": members, "UserDetailList": [], "GroupDetailList": [], "Policies": []})


def _command(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "crossgrant", "why", *arguments], stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def _inside(caller: Path, owner: Path) -> float:
    from crossgrant.doctor import Inquiry, diagnose, parse_error  # noqa: PLC0415 - imports are not measured
    from crossgrant.evidence import read_file  # noqa: PLC0415 - as above

    began = time.perf_counter()
    diagnosis = diagnose(Inquiry(parse_error(ERROR), read_file(caller), read_file(owner), now=time.time()))
    assert diagnosis.cause
    assert diagnosis.cause.id == "F02"
    return time.perf_counter() - began
