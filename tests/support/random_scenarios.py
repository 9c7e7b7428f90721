"""Random scenarios from a small world, so that statements, keys and values meet often."""

from __future__ import annotations

from random import Random
from typing import Any

A, B = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{A}:role/reader"
PATHED = f"arn:aws:iam::{A}:role/service-role/reader"
SESSION = f"arn:aws:sts::{A}:assumed-role/reader/fn"
USER = f"arn:aws:iam::{A}:user/alice"
FEDERATED_USER = f"arn:aws:sts::{A}:federated-user/bob"
LINKED = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/Linked"
SERVICE, PROVIDER = "lambda.amazonaws.com", f"arn:aws:iam::{A}:saml-provider/idp"
ROLE_ID, USER_ID = "AROAEXAMPLE1234567890", "AIDAEXAMPLE1234567890"
CALLERS: tuple[Any, ...] = (
    SESSION,
    SESSION,
    ROLE,
    USER,
    FEDERATED_USER,
    "*",
    f"arn:aws:iam::{A}:root",
    {"AWS": A},
    {"Service": SERVICE},
    {"Federated": PROVIDER},
    {"type": "role_session", "arn": SESSION, "role_arn": PATHED, "unique_id": ROLE_ID},
    {"type": "role_session", "arn": SESSION, "management_account": True},
    {"type": "user", "arn": USER, "unique_id": USER_ID},
    {"type": "federated_user", "arn": FEDERATED_USER, "user_arn": USER, "unique_id": USER_ID},
    {"type": "role", "arn": LINKED},
)
TABLE = "arn:aws:dynamodb:us-east-1:{}:table/Orders"
ACTIONS = {
    "dynamodb:GetItem": (
        TABLE.format(A),
        TABLE.format(B),
        TABLE.format(A) + "/index/by-team",
        TABLE.format(A)[:-6] + "a*b",
    ),
    "dynamodb:Scan": (TABLE.format(A), TABLE.format(B)),
    "dynamodb:ListTables": ("*",),
    "s3:GetObject": ("arn:aws:s3:::shop/alice/a", "arn:aws:s3:::shop/orders"),
    "sts:AssumeRole": (f"arn:aws:iam::{A}:role/owner", f"arn:aws:iam::{B}:role/owner", LINKED),
    "sts:TagSession": (f"arn:aws:iam::{B}:role/owner",),
    "sts:GetCallerIdentity": ("*",),
    "kms:Decrypt": (f"arn:aws:kms:us-east-1:{A}:key/k", f"arn:aws:kms:us-east-1:{B}:key/k"),
    "kms:RetireGrant": (f"arn:aws:kms:us-east-1:{A}:key/k",),
    "lambda:InvokeFunction": (f"arn:aws:lambda:us-east-1:{A}:function:f",),
}
NAMED = (
    "dynamodb:*",
    "dynamodb:Get*",
    "DYNAMODB:getitem",
    "s3:Get?bject",
    "sts:*",
    "sts:AssumeRole",
    "kms:*",
    "lambda:*Function",
)
RESOURCES = (
    "*",
    TABLE.format(A),
    TABLE.format("*"),
    "arn:aws:dynamodb:*:*:table/*",
    "arn:aws:dynamodb:us-east-1:111111111111:table/${aws:PrincipalTag/team}",
    "arn:aws:dynamodb:us-east-1:111111111111:table/a${*}b",
    "arn:aws:dynamodb:us-east-1:111111111111:table/?rd${aws:PrincipalTag/rest, 'ers'}",
    "arn:aws:s3:::shop/${aws:username}/*",
    "arn:aws:s3:::shop/*",
    "arn:aws:iam::*:role/owner",
    "arn:aws:kms:us-east-1:111111111111:key/*",
    "arn:aws:dynamodb:*",
)
TAG_KEYS, NUMBER, DATE, ADDRESS = "aws:TagKeys", "s3:max-keys", "aws:CurrentTime", "aws:SourceIp"
KEYS: dict[str, tuple[Any, ...]] = {
    "aws:PrincipalTag/team": ("Orders", "orders", "*", "", ["Orders", "Else"]),
    "aws:PrincipalTag/rest": ("ers", "else"),
    TAG_KEYS: ([], [""], ["a"], ["a", "b"], ["b", "c"], "a"),
    NUMBER: (1, 10, "10.0", "9.5", "ten", -1),
    DATE: ("2026-11-24T00:00:00Z", "1795478400", "2026-11", "soon", "2026-11-24T01:00:00+01:00"),
    ADDRESS: ("10.0.0.1", "10.1.0.1", "2001:db8::1", "here"),
    "aws:SourceArn": (f"arn:aws:lambda:us-east-1:{A}:function:f", f"arn:aws:lambda:eu-west-1:{B}:function:f:1", "f"),
    "aws:SecureTransport": (True, False, "TRUE", "yes"),
    "aws:Binary": ("eA==", "eQ==", "?"),
    "aws:PrincipalArn": (ROLE, PATHED, USER),
    "aws:userid": (USER_ID, f"{ROLE_ID}:fn"),
    "aws:username": ("alice",),
    "aws:ResourceAccount": (A, B),
}
STRINGS = (
    "Orders",
    "ORDERS",
    "or*",
    "?rders",
    "${aws:PrincipalTag/team}",
    "${aws:username}",
    "ORD${aws:PrincipalTag/rest}",
    "?rd${aws:PrincipalTag/rest, 'ers'}",
    "a",
    "",
    "*",
    A,
    ROLE,
    f"{ROLE_ID}:*",
)
ARNS = (
    "*",
    "arn:aws:lambda:*:*:function:f",
    f"arn:aws:lambda:us-east-1:{A}:*",
    "arn:*:*:*:*",
    ROLE,
    "${aws:PrincipalArn}",
)
VALUES: dict[str, tuple[Any, ...]] = {
    "String": STRINGS,
    "Arn": ARNS,
    "Numeric": (1, "10", "10.00", "x", 9.5),
    "Date": ("2026-11-24", "2026", "1795478400", "x", "2026-11-23T23:00:00-01:00"),
    "Bool": (True, "false", "x", "${aws:SecureTransport}"),
    "Binary": ("eA==", "x"),
    "Ip": ("10.0.0.0/16", "10.0.0.1", "::/0", "2001:db8::/32", "x"),
    "NotIp": ("10.0.0.0/16", "2001:db8::1"),
    "Null": ("true", False, "x"),
}
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
    *("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringAlmost"),
    *(
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
        "IpAddress",
        "NotIpAddress",
        "Bool",
        "BinaryEquals",
        "Null",
    ),
    *(
        f"{kind}{relation}"
        for kind in ("Numeric", "Date")
        for relation in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ),
)
KEYS_OF = {"Numeric": (NUMBER,), "Date": (DATE,), "Ip": (ADDRESS,), "NotIp": (ADDRESS,), "Binary": ("aws:Binary",)}
PRINCIPALS: tuple[Any, ...] = (
    "*",
    {"AWS": "*"},
    {"AWS": A},
    {"AWS": [f"arn:aws:iam::{A}:root", ROLE]},
    {"AWS": ROLE},
    {"AWS": [SESSION, ROLE, A]},
    {"AWS": [SESSION]},
    {"AWS": USER},
    {"AWS": [USER, A]},
    {"AWS": [FEDERATED_USER, A]},
    {"AWS": ROLE_ID},
    {"AWS": USER_ID},
    {"Service": [SERVICE], "AWS": B},
    {"Federated": PROVIDER},
)


def scenario(random: Random) -> dict[str, Any]:
    """Return one scenario, as a line's JSON value."""
    action = random.choice(list(ACTIONS))
    request: dict[str, Any] = {
        "principal": random.choice(CALLERS),
        "action": action,
        "resource": random.choice(ACTIONS[action]),
        "context": {key: random.choice(KEYS[key]) for key in random.sample(list(KEYS), random.randrange(5))},
    }
    if random.random() < 0.1:
        request["context"][random.choice(list(KEYS))] = None
    if random.random() < 0.4:
        request["context_complete"] = False
    if random.random() < 0.1:
        request["resource_account"] = random.choice((A, B))
    return {"request": request, "policies": policies(random, action)}


def policies(random: Random, action: str) -> dict[str, Any]:
    """Return policies of every kind, each there or not."""
    identity = [document(random, action, "identity") for _ in range(random.randrange(3))]
    made: dict[str, Any] = {"identity_based": identity}
    if random.random() < 0.6:
        trust = action.startswith("sts:") and action != "sts:GetCallerIdentity"
        made["resource_based"] = document(random, action, "trust" if trust else "resource")
    if random.random() < 0.2:
        made["permissions_boundary"] = document(random, action, "identity")
    if random.random() < 0.3:
        made["session"] = [document(random, action, "identity") for _ in range(random.randrange(3))]
    if random.random() < 0.2:
        made["service_control"] = [[document(random, action, "scp")] for _ in range(random.randrange(3))]
    if random.random() < 0.2:
        made["resource_control"] = [[document(random, action, "rcp")] for _ in range(random.randrange(3))]
    if random.random() < 0.1:
        made["vpc_endpoint"] = [document(random, action, "resource")]
    return made


def document(random: Random, action: str, kind: str) -> dict[str, Any]:
    """Return a document that AWS would accept for its kind."""
    statements = [statement(random, action, kind) for _ in range(random.randint(1, 2))]
    version = "2012-10-17" if kind in ("scp", "rcp") or random.random() < 0.9 else "2008-10-17"
    return {
        "Version": version,
        "Statement": statements[0] if len(statements) == 1 and random.random() < 0.3 else statements,
    }


def statement(random: Random, action: str, kind: str) -> dict[str, Any]:
    """Return one statement, likelier than not about `action`."""
    effect = "Deny" if kind == "rcp" or random.random() < 0.25 else "Allow"
    made: dict[str, Any] = {"Effect": effect}
    if kind == "rcp":
        made["Principal"] = "*"
    elif kind in ("resource", "trust"):
        negated = kind == "resource" and random.random() < (0.3 if effect == "Deny" else 0.03)
        made["NotPrincipal" if negated else "Principal"] = random.choice(PRINCIPALS)
    named = (
        action
        if random.random() < 0.6
        else random.choice([name for name in NAMED if kind != "trust" or name.startswith("sts:")])
    )
    made["NotAction" if kind != "rcp" and random.random() < 0.05 else "Action"] = random.choice(
        (named, [named, "sts:AssumeRole"])
    )
    if kind != "trust":
        listed = "*" if random.random() < 0.4 else random.sample(RESOURCES, random.randint(1, 2))
        if kind == "rcp" and listed != "*":
            listed = [each for each in listed if each.count(":") != 3] or "*"
        made["NotResource" if random.random() < 0.1 else "Resource"] = listed
    if random.random() < 0.5:
        made["Condition"] = dict(condition(random) for _ in range(random.randint(1, 2)))
    return made


def condition(random: Random) -> tuple[str, dict[str, Any]]:
    """Return one operator with its key and values."""
    operator = random.choice(OPERATORS)
    family = next(name for name in VALUES if operator.startswith(name))
    keys = KEYS_OF.get(family, tuple(KEYS))
    values = random.sample(VALUES[family], random.randint(1, 2))
    quantifier = random.choice(("", "", "", "ForAllValues:", "ForAnyValue:"))
    suffix = random.choice(("", "", "IfExists"))
    key = random.choice(keys)
    if random.random() < 0.1:
        key = key.upper()
    return f"{quantifier}{operator}{suffix}", {key: values[0] if len(values) == 1 else values}
