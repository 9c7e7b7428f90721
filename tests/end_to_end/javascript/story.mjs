// The story through the AWS SDK for JavaScript: prints one JSON object that says what each call gave.
import { DynamoDBClient, GetItemCommand, PutItemCommand, paginateListTables, paginateQuery } from "@aws-sdk/client-dynamodb";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import { IAMClient, GetRoleCommand, paginateListRoles } from "@aws-sdk/client-iam";
import * as iam from "@aws-sdk/client-iam";
import { LambdaClient, InvokeCommand, GetFunctionCommand } from "@aws-sdk/client-lambda";
import * as lambda from "@aws-sdk/client-lambda";
import { STSClient, AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";

const { endpoint, region, user, role, callerOperator, ownerOperator } = JSON.parse(process.argv[2]);
const client = (Client, credentials) => new Client({ endpoint, region, credentials, maxAttempts: 1 });
const key = { id: { S: "1001" } };

// What an error is to an SDK's user: its name, its class if the SDK has one, its text and the HTTP status.
async function refused(call, classes) {
  try {
    await call;
    return { name: "none" };
  } catch (error) {
    const typed = Object.keys(classes).find((name) => name === error.name && error instanceof classes[name]);
    return { name: error.name, typed: typed ?? null, message: error.message, status: error.$metadata?.httpStatusCode };
  }
}

async function pages(paginator, member) {
  const found = [];
  for await (const page of paginator) found.push(...page[member]);
  return found.length;
}

const assumed = await client(STSClient, user).send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "reader" }));
const session = {
  accessKeyId: assumed.Credentials.AccessKeyId,
  secretAccessKey: assumed.Credentials.SecretAccessKey,
  sessionToken: assumed.Credentials.SessionToken,
};
const table = client(DynamoDBClient, session);
const owner = client(DynamoDBClient, ownerOperator);
const functions = client(LambdaClient, callerOperator);
const roles = client(IAMClient, ownerOperator);
const invoked = await functions.send(
  new InvokeCommand({ FunctionName: "orders-api", Payload: JSON.stringify({ id: "1001" }) }),
);

console.log(
  JSON.stringify({
    expires: assumed.Credentials.Expiration instanceof Date,
    who: (await client(STSClient, session).send(new GetCallerIdentityCommand({}))).Arn,
    item: (await table.send(new GetItemCommand({ TableName: "Orders", Key: key }))).Item,
    invoked: JSON.parse(Buffer.from(invoked.Payload).toString()),
    deniedPut: await refused(table.send(new PutItemCommand({ TableName: "Orders", Item: key })), dynamodb),
    deniedAssume: await refused(
      client(STSClient, callerOperator).send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "other" })),
      {},
    ),
    noTable: await refused(owner.send(new GetItemCommand({ TableName: "Other", Key: key })), dynamodb),
    conditionFailed: await refused(
      owner.send(
        new PutItemCommand({ TableName: "Orders", Item: key, ConditionExpression: "attribute_not_exists(id)" }),
      ),
      dynamodb,
    ),
    noRole: await refused(roles.send(new GetRoleCommand({ RoleName: "nobody" })), iam),
    noFunction: await refused(functions.send(new GetFunctionCommand({ FunctionName: "nothing" })), lambda),
    rolePages: await pages(paginateListRoles({ client: roles, pageSize: 1 }, {}), "Roles"),
    tablePages: await pages(paginateListTables({ client: owner, pageSize: 1 }, {}), "TableNames"),
    queryPages: await pages(
      paginateQuery(
        { client: table, pageSize: 1 },
        { TableName: "Orders", KeyConditionExpression: "id = :id", ExpressionAttributeValues: { ":id": key.id } },
      ),
      "Items",
    ),
  }),
);
