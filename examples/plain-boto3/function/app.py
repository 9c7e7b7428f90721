"""Read one item of a table in another account: assume the owner's role, then ask with its temporary credentials."""

import os
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the item whose `id` the event names."""
    sts = boto3.client("sts")
    assumed = sts.assume_role(
        RoleArn=os.environ["OWNER_ROLE_ARN"],
        RoleSessionName=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
    )

    credentials = assumed["Credentials"]
    dynamodb = boto3.client(
        "dynamodb",
        region_name=os.environ["OWNER_REGION"],
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )

    response = dynamodb.get_item(TableName=os.environ["TABLE_NAME"], Key={"id": {"S": event["id"]}})
    item: dict[str, Any] = response["Item"]
    return item
