"""The story through boto3, the errors its users catch, its pages and its waiters."""

from __future__ import annotations

import json
import threading

import pytest
from botocore.exceptions import ClientError

from support.functions import package
from support.gateway import Gateway
from support.story import ITEM, OWNER, RUNTIME, TABLE, TABLE_ROLE, Story, policy

pytestmark = pytest.mark.slow
KEY = {"id": {"S": "1001"}}
SESSION = f"arn:aws:sts::{OWNER}:assumed-role/CrossAccountDynamoDBRole/reader"


def test_the_function_reads_the_item_across_accounts(story: Story) -> None:
    invoked = story.gateway.client("lambda", "caller").invoke(FunctionName="orders-api", Payload=b'{"id": "1001"}')
    assert "FunctionError" not in invoked
    assert json.loads(invoked["Payload"].read()) == ITEM


def test_the_users_session_reads_the_item(story: Story) -> None:
    table = story.gateway.client("dynamodb", credentials=story.read())
    assert table.get_item(TableName="Orders", Key=KEY)["Item"] == ITEM
    assert table.get_item(TableName=TABLE, Key=KEY)["Item"] == ITEM
    assert "Item" not in table.get_item(TableName="Orders", Key={"id": {"S": "none"}})


def test_the_session_says_who_it_is(story: Story) -> None:
    who = story.gateway.client("sts", credentials=story.read()).get_caller_identity()
    assert (who["Account"], who["Arn"]) == (OWNER, SESSION)
    assert who["UserId"].startswith("AROA")
    assert who["UserId"].endswith(":reader")


def test_what_the_role_does_not_allow_is_denied_in_the_services_words(story: Story) -> None:
    table = story.gateway.client("dynamodb", credentials=story.read())
    with pytest.raises(ClientError) as denied:
        table.put_item(TableName="Orders", Item=KEY)
    assert denied.value.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": f"User: {SESSION} is not authorized to perform: dynamodb:PutItem on resource: {TABLE} "
        "because no identity-based policy allows the dynamodb:PutItem action",
    }
    assert denied.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_table_that_is_not_there_is_denied_alike(story: Story) -> None:
    table = story.gateway.client("dynamodb", credentials=story.read())
    with pytest.raises(ClientError, match=r"not authorized to perform: dynamodb:GetItem on resource: .*:table/Other"):
        table.get_item(TableName="Other", Key=KEY)


@pytest.mark.parametrize("role", [TABLE_ROLE, f"arn:aws:iam::{OWNER}:role/nobody"])
def test_a_role_that_may_not_be_assumed_reads_like_one_that_is_not_there(story: Story, role: str) -> None:
    iam = story.gateway.client("iam", "caller")
    iam.create_user(UserName="eve")
    keys = iam.create_access_key(UserName="eve")["AccessKey"]
    try:
        with pytest.raises(ClientError) as denied:
            story.gateway.client("sts", "caller", keys).assume_role(RoleArn=role, RoleSessionName="evil")
    finally:
        iam.delete_access_key(UserName="eve", AccessKeyId=keys["AccessKeyId"])
        iam.delete_user(UserName="eve")
    user = "arn:aws:iam::111111111111:user/eve"
    assert denied.value.response["Error"]["Code"] == "AccessDenied"
    assert denied.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    text = f"User: {user} is not authorized to perform: sts:AssumeRole on resource: {role}"
    assert denied.value.response["Error"]["Message"] == text


def test_the_services_typed_exceptions_are_raised(story: Story) -> None:
    dynamodb, iam = story.gateway.client("dynamodb"), story.gateway.client("iam")
    function = story.gateway.client("lambda", "caller")
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException, match="Requested resource not found"):
        dynamodb.get_item(TableName="Other", Key=KEY)
    with pytest.raises(dynamodb.exceptions.ResourceInUseException, match="Table already exists: Orders"):
        dynamodb.create_table(
            TableName="Orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException, match="The conditional request failed"):
        dynamodb.put_item(TableName="Orders", Item=KEY, ConditionExpression="attribute_not_exists(id)")
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="The role with name nobody cannot be found"):
        iam.get_role(RoleName="nobody")
    trust = policy({"Principal": {"AWS": OWNER}, "Action": "sts:AssumeRole"})
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException, match="already exists"):
        iam.create_role(RoleName="CrossAccountDynamoDBRole", AssumeRolePolicyDocument=trust)
    with pytest.raises(iam.exceptions.MalformedPolicyDocumentException):
        iam.put_role_policy(RoleName="CrossAccountDynamoDBRole", PolicyName="bad", PolicyDocument="{}")
    with pytest.raises(function.exceptions.ResourceNotFoundException, match="Function not found"):
        function.get_function(FunctionName="nothing")
    with pytest.raises(function.exceptions.ResourceConflictException, match="Function already exist"):
        function.create_function(
            FunctionName="orders-api",
            Runtime=RUNTIME,
            Role="arn:aws:iam::111111111111:role/orders-api",
            Handler="app.handler",
            Code={"ZipFile": package()},
        )


def test_a_trust_policy_that_names_the_functions_arn_is_refused(story: Story) -> None:
    """Lambda functions are no principals: their execution roles are."""
    iam = story.gateway.client("iam")
    named = {"AWS": "arn:aws:lambda:us-east-1:111111111111:function:orders-api"}
    trust = policy({"Principal": named, "Action": "sts:AssumeRole"})
    with pytest.raises(iam.exceptions.MalformedPolicyDocumentException, match="Invalid principal in policy"):
        iam.update_assume_role_policy(RoleName="CrossAccountDynamoDBRole", PolicyDocument=trust)


def test_paginators_reach_every_page(gateway: Gateway) -> None:
    iam, dynamodb = gateway.client("iam"), gateway.client("dynamodb")
    for number in range(7):
        iam.create_user(UserName=f"page-{number}", Path="/pages/")
    pages = list(iam.get_paginator("list_users").paginate(PathPrefix="/pages/", PaginationConfig={"PageSize": 3}))
    assert [len(page["Users"]) for page in pages] == [3, 3, 1]
    dynamodb.create_table(
        TableName="Pages",
        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "s", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.get_waiter("table_exists").wait(TableName="Pages", WaiterConfig={"Delay": 1})
    for number in range(10):
        dynamodb.put_item(
            TableName="Pages", Item={"p": {"S": "one"}, "s": {"N": str(number)}, "fill": {"S": "x" * 390_000}}
        )
    query = dynamodb.get_paginator("query").paginate(
        TableName="Pages", KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": {"S": "one"}}
    )
    pages = list(query)  # a page ends at a megabyte
    assert len(pages) > 3
    assert [item["s"]["N"] for page in pages for item in page["Items"]] == [str(number) for number in range(10)]
    listed = dynamodb.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 1})
    assert "Pages" in [name for page in listed for name in page["TableNames"]]


def test_the_resource_interface_converts_types(story: Story) -> None:
    session = story.gateway.session()
    table = session.resource("dynamodb").Table("Orders")
    item = table.get_item(Key={"id": "1001"})["Item"]
    assert (str(item["total"]), item["lines"]) == ("42.5", [{"sku": "ä-1"}])


def test_a_policy_change_takes_effect_at_once(story: Story) -> None:
    iam, table = story.gateway.client("iam"), story.gateway.client("dynamodb", credentials=story.read())
    deny = policy({"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": "*"})
    iam.put_role_policy(RoleName="CrossAccountDynamoDBRole", PolicyName="stop", PolicyDocument=deny)
    with pytest.raises(ClientError, match="with an explicit deny in an identity-based policy"):
        table.get_item(TableName="Orders", Key=KEY)
    iam.delete_role_policy(RoleName="CrossAccountDynamoDBRole", PolicyName="stop")
    assert table.get_item(TableName="Orders", Key=KEY)["Item"] == ITEM


def test_sessions_end_by_the_gateways_clock(story: Story) -> None:
    session = story.read()
    advanced = story.gateway.crossgrant("clock", "--advance", "61m")
    assert advanced.returncode == 0, advanced.stderr
    with pytest.raises(ClientError) as expired:
        story.gateway.client("dynamodb", credentials=session).get_item(TableName="Orders", Key=KEY)
    assert expired.value.response["Error"]["Code"] == "ExpiredTokenException"


def test_invokes_and_calls_run_side_by_side(story: Story) -> None:
    """While functions run, the gateway serves their own calls and everybody else's."""
    results: list[object] = []

    def invoke() -> None:
        client = story.gateway.client("lambda", "caller")
        results.append(
            json.loads(client.invoke(FunctionName="orders-api", Payload=b'{"id": "1001"}')["Payload"].read())
        )

    invoking = [threading.Thread(target=invoke) for _ in range(4)]
    for thread in invoking:
        thread.start()
    assert story.gateway.client("sts").get_caller_identity()["Account"] == OWNER
    for thread in invoking:
        thread.join()
    assert results == [ITEM] * 4
