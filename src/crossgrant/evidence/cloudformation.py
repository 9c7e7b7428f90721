"""A CloudFormation template becomes a snapshot of what it means to make.

Only what stands in the template is known: a role that it doesn't hold may exist, and a unique id is never told.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crossgrant.evidence.snapshot import (
    UNREAD,
    AccountSnapshot,
    AttachedPolicy,
    Function,
    JsonObject,
    Known,
    NotRead,
    Role,
    Section,
    Table,
)

REFERENCE = re.compile(r"\$\{(!?)([^}]+)\}")


class _Unresolved(Exception):  # noqa: N818 - a signal inside this module, never an error of the user
    """A value that the template alone does not tell."""


@dataclass(slots=True)
class _Template:
    """A template's resources, and how its intrinsic functions are resolved."""

    resources: Mapping[str, JsonObject]
    values: dict[str, Any] = field(default_factory=dict)
    account_id: str = ""
    region: str = "us-east-1"

    def resolve(self, value: Any) -> Any:
        """Return `value` with its intrinsic functions resolved."""
        match value:
            case {"Ref": str(name), **rest} if not rest:
                return self.reference(name)
            case {"Fn::GetAtt": target, **rest} if not rest:
                name, _, attribute = target.partition(".") if isinstance(target, str) else (target[0], "", target[1])
                return self.attribute(name, attribute)
            case {"Fn::Sub": target, **rest} if not rest:
                text, own = (target, {}) if isinstance(target, str) else (target[0], self.resolve(target[1]))
                return REFERENCE.sub(lambda found: self.substituted(found, own), text)
            case {"Fn::Join": [str(glue), parts], **rest} if not rest:
                return glue.join(self.resolve(parts))
            case dict():
                if any(name.startswith("Fn::") or (name == "Condition" and len(value) == 1) for name in value):
                    raise _Unresolved(", ".join(value))
                return {name: self.resolve(each) for name, each in value.items()}
            case list():
                return [self.resolve(each) for each in value]
        return value

    def substituted(self, found: re.Match[str], own: Mapping[str, Any]) -> str:
        literal, name = found.groups()
        if literal:
            return "${" + name + "}"
        if name in own:
            return str(own[name])
        head, dot, attribute = name.partition(".")
        return str(self.attribute(head, attribute) if dot else self.reference(name))

    def reference(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        if name in self.resources:
            return self.name_of(name)
        raise _Unresolved(name)

    def attribute(self, name: str, attribute: str) -> str:
        if name not in self.resources or attribute != "Arn":
            raise _Unresolved(f"{name}.{attribute}")
        return self.arn_of(name)

    def name_of(self, logical: str) -> str:
        """Return a resource's given name; one that CloudFormation makes up stands as its logical name."""
        properties = self.resources[logical].get("Properties", {})
        given = next(
            (
                properties[each]
                for each in ("RoleName", "FunctionName", "TableName", "ManagedPolicyName")
                if each in properties
            ),
            None,
        )
        return logical if given is None else str(self.resolve(given))

    def arn_of(self, logical: str) -> str:
        resource = self.resources[logical]
        if not self.account_id:
            raise _Unresolved("AWS::AccountId")
        path = self.resolve(resource.get("Properties", {}).get("Path", "/"))
        name, account, region = self.name_of(logical), self.account_id, self.region
        match resource.get("Type"):
            case "AWS::IAM::Role":
                return f"arn:aws:iam::{account}:role{path}{name}"
            case "AWS::IAM::ManagedPolicy":
                return f"arn:aws:iam::{account}:policy{path}{name}"
            case "AWS::Lambda::Function" | "AWS::Serverless::Function":
                return f"arn:aws:lambda:{region}:{account}:function:{name}"
            case "AWS::DynamoDB::Table":
                return f"arn:aws:dynamodb:{region}:{account}:table/{name}"
        raise _Unresolved(f"{logical}.Arn")

    def of_type(self, *types: str) -> dict[str, JsonObject]:
        return {name: each for name, each in self.resources.items() if each.get("Type") in types}


def read_template(
    template: JsonObject, origin: str, *, account_id: str = "", region: str = "us-east-1"
) -> AccountSnapshot:
    """Return what a template would make in `account_id`, its parameters at their defaults."""
    pseudo = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", "AWS::Region": region}
    if account_id:
        pseudo["AWS::AccountId"] = account_id
    parameters = template.get("Parameters", {})
    defaults = {
        name: each["Default"] for name, each in parameters.items() if isinstance(each, dict) and "Default" in each
    }
    read = _Template(template.get("Resources", {}), pseudo | defaults, account_id, region)
    return AccountSnapshot(
        origin=origin,
        account_id=account_id or UNREAD,
        roles=Section(_each(read, _role, "AWS::IAM::Role")),
        functions=Section(_each(read, _function, "AWS::Lambda::Function", "AWS::Serverless::Function")),
        tables=Section(_each(read, _table, "AWS::DynamoDB::Table")),
        as_deployed=False,
    )


def _each(read: _Template, make: Any, *types: str) -> dict[str, Any]:
    found = {}
    for logical, resource in read.of_type(*types).items():
        try:
            thing = make(read, logical, resource.get("Properties", {}))
        except _Unresolved:
            continue
        found[thing.name if isinstance(thing, Role) else thing.arn] = thing
    return found


def _known(read: _Template, value: Any) -> Any:
    try:
        return read.resolve(value)
    except _Unresolved as unresolved:
        return NotRead(f"the template alone does not tell `{unresolved}`")


def _role(read: _Template, logical: str, properties: JsonObject) -> Role:
    boundary = properties.get("PermissionsBoundary")
    return Role(
        arn=read.arn_of(logical),
        trust=_known(read, properties.get("AssumeRolePolicyDocument", {})),
        policies=_policies(read, logical, properties),
        boundary=None if boundary is None else _managed(read, boundary),
        max_session_duration=_known(read, properties.get("MaxSessionDuration", 3600)),
        tags=_known(read, {each["Key"]: each["Value"] for each in properties.get("Tags", ())}),
    )


def _policies(read: _Template, logical: str, properties: JsonObject) -> Known[tuple[AttachedPolicy, ...]]:
    """Return the policies in the role, and those of the template that are attached to it."""
    inline = [
        AttachedPolicy(str(_known(read, each["PolicyName"])), _known(read, each["PolicyDocument"]))
        for each in properties.get("Policies", ())
    ]
    managed = [_managed(read, each) for each in properties.get("ManagedPolicyArns", ())]
    attached = [
        AttachedPolicy(read.name_of(name), _known(read, each["Properties"]["PolicyDocument"]))
        for name, each in read.of_type("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy").items()
        if _is_for(read, logical, each["Properties"])
    ]
    return (*inline, *managed, *attached)


def _is_for(read: _Template, logical: str, properties: JsonObject) -> bool:
    named = (*properties.get("Roles", ()), *([properties["RoleName"]] if "RoleName" in properties else ()))
    return any(_known(read, each) in (read.name_of(logical), logical) for each in named)


def _managed(read: _Template, reference: Any) -> AttachedPolicy:
    """Return a managed policy by its ARN, with its document where this template makes it."""
    arn = _known(read, reference)
    for name, each in read.of_type("AWS::IAM::ManagedPolicy").items():
        if arn in (_known(read, {"Fn::GetAtt": [name, "Arn"]}), read.name_of(name)):
            return AttachedPolicy(read.name_of(name), _known(read, each["Properties"]["PolicyDocument"]), str(arn))
    return AttachedPolicy(str(arn).rpartition("/")[2], NotRead(f"the template does not hold {arn}"), str(arn))


def _function(read: _Template, logical: str, properties: JsonObject) -> Function:
    vpc = properties.get("VpcConfig")
    return Function(
        arn=read.arn_of(logical),
        role_arn=_known(read, properties["Role"]) if "Role" in properties else UNREAD,
        environment=_known(read, properties.get("Environment", {}).get("Variables", {})),
        timeout=_known(read, properties.get("Timeout", 3)),
        vpc=None if vpc is None else UNREAD,
    )


def _table(read: _Template, logical: str, properties: JsonObject) -> Table:
    types = {each["AttributeName"]: each["AttributeType"] for each in properties.get("AttributeDefinitions", ())}
    encryption = properties.get("SSESpecification", {})
    policy = properties.get("ResourcePolicy")
    return Table(
        arn=read.arn_of(logical),
        key={each["AttributeName"]: types.get(each["AttributeName"], "") for each in properties.get("KeySchema", ())},
        indexes=tuple(each["IndexName"] for each in properties.get("GlobalSecondaryIndexes", ())),
        key_arn=_known(read, encryption.get("KMSMasterKeyId", UNREAD)) if encryption.get("SSEEnabled") else None,
        policy=None if policy is None else _known(read, policy["PolicyDocument"]),
    )
