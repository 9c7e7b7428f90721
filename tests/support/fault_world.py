"""A working grant in the embedded accounts, made by signed calls, into which faults are put."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

from crossgrant.doctor import Expected
from support.functions import package
from support.gateway import Gateway

CALLER, OWNER, REGION = "111111111111", "222222222222", "us-east-1"
STRANGER = "333333333333"
TABLE, INDEX, KEY = "Orders", "by-customer", "o-1"
TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{OWNER}:table/{TABLE}"
ASSUMED_BY_LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}

# Reads as a function in the field does: it takes all it needs from its environment.
FUNCTION = """
import json, os
import boto3

kept = {}

def handler(event, context):
    env = os.environ
    if "KEPT" in env and kept:
        return kept["table"].get_item(TableName=env["TABLE_NAME"], Key={"id": {"S": "o-1"}})["Item"]["id"]["S"]
    data = {"region_name": env["OWNER_REGION"]}
    if "OWNER_ROLE_ARN" in env or "TABLE_ARN" not in env:
        name = env.get("SESSION_NAME", context.function_name)
        arguments = {"RoleArn": env["OWNER_ROLE_ARN"], "RoleSessionName": name}
        if "EXTERNAL_ID" in env:
            arguments["ExternalId"] = env["EXTERNAL_ID"]
        if "SESSION_TAGS" in env:
            arguments["Tags"] = [{"Key": k, "Value": v} for k, v in json.loads(env["SESSION_TAGS"]).items()]
        if "SOURCE_IDENTITY" in env:
            arguments["SourceIdentity"] = env["SOURCE_IDENTITY"]
        if "SESSION_DURATION" in env:
            arguments["DurationSeconds"] = int(env["SESSION_DURATION"])
        if "SESSION_POLICY" in env:
            arguments["Policy"] = env["SESSION_POLICY"]
        given = boto3.client("sts").assume_role(**arguments)["Credentials"]
        if "OWN_CREDENTIALS" not in env:
            data |= {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"]}
            if "NO_TOKEN" not in env:
                data["aws_session_token"] = given["SessionToken"]
    kept["table"] = table = boto3.client("dynamodb", **data)
    name = env.get("TABLE_ARN") or env["TABLE_NAME"]
    key = {env.get("KEY_NAME", "id"): {"S": env.get("KEY", "o-1")}}
    match env.get("CALL", "GetItem"):
        case "GetItem":
            item = table.get_item(TableName=name, Key=key)["Item"]
            return {name: next(iter(value.values())) for name, value in item.items()}
        case "DescribeTable":
            return table.describe_table(TableName=name)["Table"]["TableName"]
        case "ListTables":
            return table.list_tables()["TableNames"]
        case "Scan":
            return table.scan(TableName=name)["Count"]
        case "Query":
            return table.query(
                TableName=name, IndexName=env["INDEX"],
                KeyConditionExpression="customer = :c", ExpressionAttributeValues={":c": {"S": "c-1"}},
            )["Count"]
        case "Decimal":
            resource = boto3.resource("dynamodb", **data)
            return json.dumps(resource.Table(name).get_item(Key={"id": "o-1"})["Item"])
        case "Sleep":
            import time
            time.sleep(30)
"""


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str | list[str], resource: str | list[str], **more: Any) -> dict[str, Any]:
    """Return an Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@dataclass
class World:
    """One grant of its own names: function, execution role, owner's role; the table is shared by all."""

    gateway: Gateway
    number: int
    path: str = "/service-role/"
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def function(self) -> str:
        return f"orders-{self.number}"

    @property
    def execution_role(self) -> str:
        return f"orders-exec-{self.number}"

    @property
    def execution_role_arn(self) -> str:
        return f"arn:aws:iam::{CALLER}:role{self.path}{self.execution_role}"

    @property
    def role(self) -> str:
        return f"orders-reader-{self.number}"

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{OWNER}:role/{self.role}"

    @property
    def caller_iam(self) -> Any:
        return self.client("iam", "caller")

    @property
    def owner_iam(self) -> Any:
        return self.client("iam", "owner")

    def client(self, service: str, account: str) -> Any:
        if (service, account) not in self.clients:
            self.clients[service, account] = self.gateway.client(service, account)
        return self.clients[service, account]

    # The working grant ---------------------------------------------------------------------------------------------

    def build(self) -> World:
        """Make the whole grant, healthy."""
        self.make_execution_role(self.execution_role)
        self.put_caller_policy(allow("sts:AssumeRole", self.role_arn))
        self.owner_iam.create_role(RoleName=self.role, AssumeRolePolicyDocument=json.dumps(self.trust()))
        self.put_owner_policy(allow("dynamodb:GetItem", TABLE_ARN))
        self.environment = {"OWNER_ROLE_ARN": self.role_arn, "OWNER_REGION": REGION, "TABLE_NAME": TABLE}
        self.client("lambda", "caller").create_function(
            FunctionName=self.function,
            Runtime="python3.11",
            Handler="app.handler",
            Role=self.execution_role_arn,
            Timeout=20,
            Code={"ZipFile": package(FUNCTION)},
            Environment={"Variables": self.environment},
        )
        return self

    def make_execution_role(self, name: str) -> str:
        trust = json.dumps(document(ASSUMED_BY_LAMBDA))
        made = self.caller_iam.create_role(RoleName=name, Path=self.path, AssumeRolePolicyDocument=trust)
        return str(made["Role"]["Arn"])

    def trust(self, principal: Any = None, **more: Any) -> dict[str, Any]:
        principal = {"AWS": self.execution_role_arn} if principal is None else principal
        return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})

    def put_trust(self, trust: dict[str, Any]) -> None:
        self.owner_iam.update_assume_role_policy(RoleName=self.role, PolicyDocument=json.dumps(trust))

    def put_caller_policy(self, *statements: dict[str, Any], role: str = "") -> None:
        self.caller_iam.put_role_policy(
            RoleName=role or self.execution_role, PolicyName="hop", PolicyDocument=json.dumps(document(*statements))
        )

    def put_owner_policy(self, *statements: dict[str, Any]) -> None:
        self.owner_iam.put_role_policy(
            RoleName=self.role, PolicyName="table", PolicyDocument=json.dumps(document(*statements))
        )

    def configure(self, environment: dict[str, str | None] | None = None, **settings: Any) -> None:
        """Change the function's environment (None removes a variable) or another setting."""
        for name, value in (environment or {}).items():
            if value is None:
                self.environment.pop(name, None)
            else:
                self.environment[name] = value
        if environment:
            settings["Environment"] = {"Variables": self.environment}
        self.client("lambda", "caller").update_function_configuration(FunctionName=self.function, **settings)

    def calls(self) -> list[tuple[str, str, str]]:
        """Return the calls of the way to the table: who, what, on what."""
        session = f"arn:aws:sts::{CALLER}:assumed-role/{self.execution_role}/{self.function}"
        if "TABLE_ARN" in self.environment:
            return [(session, "dynamodb:GetItem", TABLE_ARN)]
        owners = f"arn:aws:sts::{OWNER}:assumed-role/{self.role}/{self.function}"
        return [(session, "sts:AssumeRole", self.role_arn), (owners, "dynamodb:GetItem", TABLE_ARN)]

    def expected(self) -> Expected:
        """Return what a grant file would say of this world."""
        return Expected(
            grant=self.function,
            caller_id=CALLER,
            owner_id=OWNER,
            function_arn=f"arn:aws:lambda:{REGION}:{CALLER}:function:{self.function}",
            execution_role_arn=self.execution_role_arn,
            execution_session=f"arn:aws:sts::{CALLER}:assumed-role/{self.execution_role}/{self.function}",
            role_arn=None if "TABLE_ARN" in self.environment else self.role_arn,
            table_arn=TABLE_ARN,
            actions=("GetItem",),
            external_id=None,
        )

    # What is seen ----------------------------------------------------------------------------------------------------

    def invoke(self) -> tuple[bool, str]:
        """Invoke the function; return whether it failed, and its payload as the caller sees it."""
        answer = self.client("lambda", "caller").invoke(FunctionName=self.function)
        return "FunctionError" in answer, answer["Payload"].read().decode()


def worlds(gateway: Gateway) -> itertools.count[int]:
    """Make the shared table in the owner's account, and return the numbers of the worlds to come."""
    table = gateway.client("dynamodb", "owner")
    table.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "customer")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": INDEX,
                "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    while table.describe_table(TableName=TABLE)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(0.02)
    table.put_item(TableName=TABLE, Item={"id": {"S": KEY}, "customer": {"S": "c-1"}, "total": {"N": "42"}})
    return itertools.count(1)
