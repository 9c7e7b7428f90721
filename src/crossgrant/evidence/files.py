"""A file of evidence, whatever it is, becomes a snapshot: a dump, a transcript, a template, a plan or a state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crossgrant.errors import CrossgrantError
from crossgrant.evidence.answer import Answer
from crossgrant.evidence.assemble import assemble
from crossgrant.evidence.cloudformation import read_template
from crossgrant.evidence.snapshot import AccountSnapshot
from crossgrant.evidence.terraform import read_terraform
from crossgrant.evidence.transcript import read_transcript

LARGEST = 200_000_000
"""Bytes of one file: an account's whole dump is some tens of megabytes."""


class EvidenceError(CrossgrantError):
    """A file that is no evidence."""


def read_file(path: Path, *, account_id: str = "") -> AccountSnapshot:
    """Return what one file tells; `account_id` is the side's account, which a template does not know by itself."""
    try:
        if path.stat().st_size > LARGEST:
            raise EvidenceError(f"`{path}` is larger than {LARGEST:,} bytes")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceError(f"`{path}` can't be read: {error}") from error
    return read_text(text, str(path), account_id=account_id)


def read_text(text: str, origin: str, *, account_id: str = "") -> AccountSnapshot:
    """Return what a file's text tells."""
    try:
        return _read(text, origin, account_id)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise EvidenceError(
            f"`{origin}` is not as AWS or Terraform write it: {type(error).__name__} at {error}"
        ) from error


def _read(text: str, origin: str, account_id: str) -> AccountSnapshot:
    value = _json(text)
    if isinstance(value, dict):
        if "RoleDetailList" in value:
            return assemble(origin, [Answer("iam:GetAccountAuthorizationDetails", {}, value)])
        if "format_version" in value and ("values" in value or "planned_values" in value):
            return read_terraform(value, origin, account_id=account_id)
        if "Resources" in value:
            return read_template(value, origin, account_id=account_id)
    if value is None and "Resources:" in text:
        return read_template(_yaml(text), origin, account_id=account_id)
    answers = read_transcript(text)
    if not answers:
        raise EvidenceError(
            f"`{origin}` holds nothing that is known as evidence",
            help="give a get-account-authorization-details dump, the output of the commands that `crossgrant why` "
            "prints, a CloudFormation template, or `terraform show -json`",
        )
    return assemble(origin, answers)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _yaml(text: str) -> dict[str, Any]:
    """Return a YAML template with CloudFormation's short tags in their long form."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only templates in YAML need it
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - as above
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode  # noqa: PLC0415 - as above

    def tagged(constructor: Any, suffix: str, node: Any) -> Any:
        match node:
            case ScalarNode():
                value: Any = constructor.construct_scalar(node)
            case SequenceNode():
                value = constructor.construct_sequence(node, deep=True)
            case MappingNode():
                value = constructor.construct_mapping(node, deep=True)
        return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}

    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_multi_constructor("!", tagged)
    # A version such as 2012-10-17 is text in a policy, not a date.
    yaml.constructor.add_constructor(
        "tag:yaml.org,2002:timestamp", lambda constructor, node: constructor.construct_scalar(node)
    )
    try:
        value = yaml.load(text)
    except YAMLError as error:
        raise EvidenceError(f"the template is no YAML: {error}") from error
    if not isinstance(value, dict):
        raise EvidenceError("the template is no mapping")
    return value
