"""Functions, tables and keys, from their services' answers."""

from __future__ import annotations

from dataclasses import replace

from crossgrant.evidence.answer import MISSING, Answer, Answers, document, document_of
from crossgrant.evidence.snapshot import UNREAD, Function, JsonObject, Key, Known, Section, Table


def functions(of: Answers, account: str) -> Section[Function]:
    """Return the functions that were asked for."""
    found: dict[str, Function] = {}
    absent: set[str] = set()
    rest = UNREAD
    for answer in (*of.every("lambda:GetFunctionConfiguration"), *of.every("lambda:GetFunction")):
        if answer.error in MISSING:
            absent.add(_named(answer, "FunctionName", "lambda", account, "function:"))
        elif answer.error:
            rest = answer.unread
        else:
            member = answer.response.get("Configuration", answer.response)
            vpc = member.get("VpcConfig") or {}
            found[member["FunctionArn"]] = Function(
                arn=member["FunctionArn"],
                role_arn=member.get("Role", UNREAD),
                environment=member.get("Environment", {}).get("Variables", {}),
                timeout=member.get("Timeout", UNREAD),
                vpc=vpc.get("VpcId") or None,
            )
    return Section(found, frozenset(absent), rest)


def tables(of: Answers, account: str) -> Section[Table]:
    """Return the tables that were asked for, with their policies."""
    found: dict[str, Table] = {}
    absent: set[str] = set()
    rest = UNREAD
    for answer in of.every("dynamodb:DescribeTable"):
        if answer.error in MISSING:
            absent.add(_named(answer, "TableName", "dynamodb", account, "table/"))
        elif answer.error:
            rest = answer.unread
        else:
            table = _table(answer.response["Table"])
            found[table.arn] = replace(table, policy=_table_policy(table, of))
    return Section(found, frozenset(absent), rest)


def _named(answer: Answer, parameter: str, service: str, account: str, prefix: str) -> str:
    """Return the ARN of what a call asked for by its name or its ARN."""
    name = answer.parameters.get(parameter, "")
    return (
        name
        if name.startswith("arn:")
        else f"arn:aws:{service}:{answer.parameters.get('Region', '')}:{account}:{prefix}{name}"
    )


def _table(member: JsonObject) -> Table:
    types = {each["AttributeName"]: each["AttributeType"] for each in member.get("AttributeDefinitions", ())}
    indexes = (*member.get("GlobalSecondaryIndexes", ()), *member.get("LocalSecondaryIndexes", ()))
    return Table(
        arn=member["TableArn"],
        status=member.get("TableStatus", UNREAD),
        key={each["AttributeName"]: types.get(each["AttributeName"], "") for each in member.get("KeySchema", ())},
        indexes=tuple(each["IndexName"] for each in indexes),
        key_arn=member.get("SSEDescription", {}).get("KMSMasterKeyArn"),
    )


def _table_policy(table: Table, of: Answers) -> Known[JsonObject | None]:
    answers = of.every("dynamodb:GetResourcePolicy")
    answer = next((each for each in answers if each.parameters.get("ResourceArn", table.arn) == table.arn), None)
    if answer is None:
        return UNREAD
    if answer.error:
        return None if answer.error in MISSING else answer.unread
    return document(answer.response["Policy"])


def keys(of: Answers) -> Section[Key]:
    """Return the keys that were asked for, with their policies."""
    found: dict[str, Key] = {}
    rest = UNREAD
    policies = of.every("kms:GetKeyPolicy")
    for answer in of.every("kms:DescribeKey"):
        if answer.error:
            rest = answer.unread
            continue
        member = answer.response["KeyMetadata"]
        policy = next(
            (each for each in policies if each.parameters.get("KeyId") in (member["Arn"], member["KeyId"])), None
        )
        found[member["Arn"]] = Key(
            arn=member["Arn"],
            enabled=member.get("Enabled", UNREAD),
            aws_managed=member.get("KeyManager") == "AWS" if "KeyManager" in member else UNREAD,
            policy=document_of(policy, "Policy"),
        )
    return Section(found, frozenset(), rest)
