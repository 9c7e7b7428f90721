"""A step's act as the command line that does the same: the AWS CLI's, or crossgrant's own.

https://docs.aws.amazon.com/cli/latest/reference/
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import assert_never

from crossgrant.demo.step import Act, AdvanceClock, Call, Value, Wait
from crossgrant.demo.wire import compact

# Where the AWS CLI's options differ from the API's members.
_UNNESTED = {("lambda", "create_function"): "Code"}
_MORE_OPTIONS = {("lambda", "invoke"): ("--cli-binary-format", "raw-in-base64-out", "/dev/stdout")}


_SHORT = 60  # characters of JSON that a reader takes in at a glance
_TELLING = frozenset({"Payload", "Item", "Key"})  # what is tried is shown whole


def command(act: Act, *, short: bool = False) -> str:
    """Return the shell command that an act equals.

    Args:
        act: what is done.
        short: whether long JSON stands in a file, named after its option.

    """
    match act:
        case Call(profile, service, operation, parameters):
            nested = _UNNESTED.get((service, operation))
            options = _options(parameters, nested, short=short)
            words = [operation.replace("_", "-"), *options, *_MORE_OPTIONS.get((service, operation), ())]
        case Wait(profile, service, waiter, parameters):
            words = ["wait", waiter.replace("_", "-"), *_options(parameters, None, short=short)]
        case AdvanceClock(minutes):
            return f"crossgrant clock --advance {minutes}m"
        case _:
            assert_never(act)
    return shlex.join(["aws", "--profile", profile, service, *words])


def _options(parameters: Mapping[str, Value], nested: str | None, *, short: bool) -> list[str]:
    options: list[str] = []
    for name, value in parameters.items():
        if name == nested and isinstance(value, Mapping):
            options += _options(value, None, short=short)
        else:
            option = _dashed(name)
            text = _text(value)
            is_long = len(text) > _SHORT and isinstance(value, Mapping | list) and name not in _TELLING
            options += [f"--{option}", f"file://{option}.json" if short and is_long else text]
    return options


def _dashed(name: str) -> str:
    """Return a member's name as an option: `TableName` is `--table-name`."""
    spaced = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    return spaced.lstrip("-")


def _text(value: Value) -> str:
    match value:
        case str():
            return value
        case bool() | int() | float():
            return json.dumps(value)
        case Path():
            return f"fileb://{value.name}.zip"
        case _:
            return compact(value)
