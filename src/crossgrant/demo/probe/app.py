"""A function that tries anything: whatever its code, only the two accounts' policies decide what it reaches.

The event names a call and its parameters, and what to send to AssumeRole beside the owner's role:
{"call": "dynamodb.put_item", "parameters": {…}, "assume": {"ExternalId": "…"}}. `"session"` may be `own` (the
function's own credentials), `keep` (the temporary credentials stay in the warm worker) or `reuse` (the kept ones).
"""

import os
from typing import Any

import boto3

client: Any = boto3.client  # of any service, by name
sts = client("sts")
kept: dict[str, str] = {}


def lambda_handler(event: dict[str, Any], context: Any) -> object:
    """Make the call that the event names and return what came back."""
    match event.get("session"):
        case "own":
            credentials = {}
        case "reuse":
            credentials = kept
        case _:
            credentials = _assume(event.get("assume", {}), context.function_name)
    if event.get("session") == "keep":
        kept.update(credentials)
    service, _, operation = event["call"].partition(".")
    response = getattr(client(service, **credentials), operation)(**event["parameters"])
    return response.get("Item", "done")


def _assume(parameters: dict[str, Any], session_name: str) -> dict[str, str]:
    role = {"RoleArn": os.environ["OWNER_ROLE_ARN"], "RoleSessionName": session_name}
    credentials = sts.assume_role(**(role | parameters))["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }
