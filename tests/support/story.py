"""The story on a fresh gateway: the owner's table and role, the caller's function that reads the one by the other."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from support.functions import package
from support.gateway import Gateway

CALLER, OWNER = "111111111111", "222222222222"
EXECUTION_ROLE = f"arn:aws:iam::{CALLER}:role/orders-api"
TABLE_ROLE = f"arn:aws:iam::{OWNER}:role/CrossAccountDynamoDBRole"
TABLE = f"arn:aws:dynamodb:us-east-1:{OWNER}:table/Orders"
ITEM = {"id": {"S": "1001"}, "total": {"N": "42.5"}, "lines": {"L": [{"M": {"sku": {"S": "ä-1"}}}]}}
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
FUNCTION = f"""\
import boto3

def handler(event, context):
    session = boto3.client("sts").assume_role(RoleArn="{TABLE_ROLE}", RoleSessionName="orders-api")["Credentials"]
    table = boto3.client(
        "dynamodb",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    return table.get_item(TableName="Orders", Key={{"id": {{"S": event["id"]}}}}).get("Item")
"""


@dataclass(frozen=True)
class Story:
    """The gateway, and credentials of a user of the caller's that the owner's role trusts as well."""

    gateway: Gateway
    user: Mapping[str, str]

    def read(self) -> Mapping[str, str]:
        """Return new credentials of the owner's role, assumed by the user."""
        sts = self.gateway.client("sts", "caller", self.user)
        session: Mapping[str, str] = sts.assume_role(RoleArn=TABLE_ROLE, RoleSessionName="reader")["Credentials"]
        return session


def policy(*statements: Mapping[str, Any]) -> str:
    """Return a policy document of `statements`, which allow unless they say otherwise."""
    allowed = [{"Effect": "Allow", **statement} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": allowed})


def tell(gateway: Gateway) -> Story:
    """Make everything that the story needs, in both accounts, as their operators."""
    caller, owner = gateway.client("iam", "caller"), gateway.client("iam", "owner")
    lambda_service = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    assume = policy({"Action": "sts:AssumeRole", "Resource": TABLE_ROLE})
    caller.create_role(RoleName="orders-api", AssumeRolePolicyDocument=policy(lambda_service))
    caller.put_role_policy(RoleName="orders-api", PolicyName="assume", PolicyDocument=assume)
    logging = {"Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
    caller.put_role_policy(RoleName="orders-api", PolicyName="logs", PolicyDocument=policy(logging))
    caller.create_user(UserName="ada")
    caller.put_user_policy(UserName="ada", PolicyName="assume", PolicyDocument=assume)
    user = caller.create_access_key(UserName="ada")["AccessKey"]
    trusted = {"Principal": {"AWS": [EXECUTION_ROLE, f"arn:aws:iam::{CALLER}:user/ada"]}, "Action": "sts:AssumeRole"}
    owner.create_role(RoleName="CrossAccountDynamoDBRole", AssumeRolePolicyDocument=policy(trusted))
    read = policy({"Action": ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:DescribeTable"], "Resource": TABLE})
    owner.put_role_policy(RoleName="CrossAccountDynamoDBRole", PolicyName="read", PolicyDocument=read)
    table = gateway.client("dynamodb", "owner")
    table.create_table(
        TableName="Orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.get_waiter("table_exists").wait(TableName="Orders", WaiterConfig={"Delay": 1})
    table.put_item(TableName="Orders", Item=ITEM)
    function = gateway.client("lambda", "caller")
    function.create_function(
        FunctionName="orders-api",
        Runtime=RUNTIME,
        Role=EXECUTION_ROLE,
        Handler="app.handler",
        Timeout=30,
        Code={"ZipFile": package(FUNCTION)},
    )
    function.get_waiter("function_active_v2").wait(FunctionName="orders-api", WaiterConfig={"Delay": 1})
    return Story(gateway, user)
