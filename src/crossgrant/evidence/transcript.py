"""A terminal's transcript of AWS CLI commands becomes answers: what another team pastes back.

`crossgrant why` prints the commands as a script for `sh -x`, whose output holds each command (`+ aws iam get-role …`),
its JSON, and its error. A file of JSON answers alone is read too: most answers name their subject themselves.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

from crossgrant.evidence.answer import Answer
from crossgrant.evidence.snapshot import JsonObject

COMMAND = re.compile(r"^(?:\++|\$|>) *(?P<command>aws .*)$")
ERROR = re.compile(
    r"An error occurred \((?P<code>[\w.]+)\) when calling the (?P<operation>\w+) operation[^:]*: (?P<message>.*)"
)
SERVICES = frozenset({"iam", "sts", "lambda", "dynamodb", "kms", "organizations", "ec2"})

# What an answer without its command is known by: members that it must have, in this order.
SHAPES = (
    ("sts:GetCallerIdentity", ("UserId", "Account", "Arn")),
    ("lambda:GetFunction", ("Configuration", "Code")),
    ("lambda:GetFunctionConfiguration", ("FunctionArn", "Role")),
    ("iam:GetRole", ("Role",)),
    ("iam:GetRolePolicy", ("RoleName", "PolicyName", "PolicyDocument")),
    ("iam:ListRolePolicies", ("PolicyNames",)),
    ("iam:ListAttachedRolePolicies", ("AttachedPolicies",)),
    ("iam:GetPolicyVersion", ("PolicyVersion",)),
    ("iam:GetAccountAuthorizationDetails", ("RoleDetailList",)),
    ("dynamodb:DescribeTable", ("Table",)),
    ("dynamodb:GetResourcePolicy", ("Policy", "RevisionId")),
    ("kms:DescribeKey", ("KeyMetadata",)),
    ("kms:GetKeyPolicy", ("Policy", "PolicyName")),
    ("organizations:DescribeOrganization", ("Organization",)),
    ("ec2:DescribeVpcEndpoints", ("VpcEndpoints",)),
)


def read_transcript(text: str) -> tuple[Answer, ...]:
    """Return the answers in `text`, in order; what is no command, answer or error is passed over."""
    return tuple(_answers(text))


def _answers(text: str) -> Iterator[Answer]:
    decoder, position = json.JSONDecoder(), 0
    operation, role = "", ""
    parameters: dict[str, str] = {}
    while position < len(text):
        if text[position] == "{":
            try:
                value, position = decoder.raw_decode(text, position)
            except (ValueError, RecursionError):
                position += 1
                continue
            named = operation or _shape(value)
            role = _role_name(value, parameters) or role
            if named:
                yield Answer(named, parameters if operation else _subject(named, value, role), response=value)
            operation, parameters = "", {}
            continue
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end].strip()
        brace = text.find("{", position, end)
        if command := COMMAND.match(line):
            operation, parameters = read_command(command["command"])
        elif error := ERROR.search(line):
            named = operation or _operation_of(error["operation"])
            yield Answer(named, parameters, error=error["code"], message=error["message"])
            operation, parameters = "", {}
        elif brace >= 0:
            position = brace
            continue
        position = end + 1


def read_command(command: str) -> tuple[str, dict[str, str]]:
    """Return the operation (`iam:GetRole`) and the options, by the API's names, of an AWS CLI command."""
    try:
        words = shlex.split(command)[1:]
    except ValueError:
        return "", {}
    plain: list[str] = []
    parameters: dict[str, str] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = _camel(word[2:]) if word not in ("--output", "--query") else word[2:]
            parameters[name] = ""
        elif name:
            parameters[name], name = word, ""
        else:
            plain.append(word)
    match plain:
        case [service, operation, *_] if service in SERVICES:
            return f"{service}:{_camel(operation)}", parameters
    return "", {}


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _shape(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    return next((operation for operation, members in SHAPES if all(member in value for member in members)), "")


def _operation_of(name: str) -> str:
    return next((operation for operation, _ in SHAPES if operation.endswith(f":{name}")), name)


def _role_name(value: JsonObject, parameters: dict[str, str]) -> str:
    """Return the role that an answer is about: answers that name none belong to the last one that did."""
    role = value.get("Role")
    named = role.get("RoleName") if isinstance(role, dict) else value.get("RoleName")
    return named if isinstance(named, str) else parameters.get("RoleName", "")


def _subject(operation: str, value: JsonObject, role: str) -> dict[str, str]:
    """Return the parameters that an answer without its command must have had."""
    match operation:
        case "iam:GetRolePolicy":
            return {"RoleName": value["RoleName"], "PolicyName": value["PolicyName"]}
        case "iam:GetRole" | "iam:ListRolePolicies" | "iam:ListAttachedRolePolicies":
            return {"RoleName": role}
        case _:
            return {}
