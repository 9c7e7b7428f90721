"""A second reading of IAM's rules: slow, literal, straight from a scenario's JSON, sharing nothing with the engine.

It shows what the rules say, one after the other, and is compared with the engine under random scenarios. Where context
isn't known it tries every world: each open statement holds in one and doesn't in another.
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

OPEN, TRUE, FALSE, UNREADABLE = "open", "true", "false", "unreadable"
TRUST = re.compile(r"sts:(assumerole(withsaml|withwebidentity)?|setcontext|setsourceidentity|tagsession)")
RCP_SERVICES = ("dynamodb", "kms", "s3", "sqs", "sts")  # of those that the random scenarios name
Json = dict[str, Any]


def caller(value: Any) -> Json:
    """Return the caller's type, arn, account, and the other members given."""
    if value == "*":
        return {"type": "anonymous", "arn": None, "account": None}
    if isinstance(value, dict) and "type" not in value:
        ((kind, name),) = value.items()
        if kind != "AWS":
            return {"type": kind.lower(), "arn": name, "account": None}
        value = f"arn:aws:iam::{name}:root" if name.isdigit() else name
    given: Json = value if isinstance(value, dict) else {"arn": value}
    arn: Any = given.get("arn")
    if given.get("type") in ("service", "federated", "anonymous"):
        return {"type": given["type"], "arn": arn, "account": None}
    kind = arn.split(":")[5].split("/")[0]
    types = {"assumed-role": "role_session", "federated-user": "federated_user", "root": "root", "user": "user"}
    return {**given, "arn": arn, "type": types.get(kind, "role"), "account": arn.split(":")[4]}


def role_of(who: Json) -> str:
    """Return the ARN of a session's role: `role_arn`, else the one its own ARN tells."""
    if who["type"] == "role":
        return str(who["arn"])
    return str(who.get("role_arn") or f"arn:aws:iam::{who['account']}:role/{who['arn'].split('/')[1]}")


def linked(who: Json) -> bool:
    """Return whether the caller is a service-linked role."""
    is_role = who["type"] in ("role", "role_session")
    return is_role and (who.get("service_linked", False) or ":role/aws-service-role/" in role_of(who))


def bounded(scenario: Json) -> bool:
    """Return whether a permissions boundary binds the caller."""
    who, one = caller(scenario["request"]["principal"]), scenario.get("policies", {}).get("permissions_boundary")
    return one is not None and who["account"] is not None and who["type"] != "root"


def context(request: Json) -> tuple[dict[str, Any], bool]:
    """Return the condition keys, in lower case, and whether they are all there are."""
    who = caller(request["principal"])
    kind, account, own_id = who["type"], who["account"], who.get("unique_id")
    name = (who["arn"] or "").split("/")[-1]
    keys: dict[str, Any] = {"aws:username": name if kind == "user" else None, "aws:principalarn": None}
    if kind in ("role", "role_session"):
        keys |= {"aws:principalarn": role_of(who), "aws:principaltype": "AssumedRole"}
        keys |= {"aws:userid": f"{own_id}:{name if kind == 'role_session' else ''}"} if own_id else {}
    elif account:
        types = {"user": "User", "root": "Account", "federated_user": "FederatedUser"}
        ids = {"user": own_id, "root": account, "federated_user": f"{account}:{name}"}
        keys |= {"aws:principalarn": who["arn"], "aws:principaltype": types[kind]}
        keys |= {"aws:userid": ids[kind]} if ids[kind] else {}
    elif kind == "anonymous":
        keys |= dict.fromkeys(("aws:userid", "aws:principalaccount"), "anonymous") | {"aws:principaltype": "Anonymous"}
    if account:
        keys["aws:principalaccount"] = account
    if owner(request):
        keys["aws:resourceaccount"] = owner(request)
    keys |= {key.lower(): value for key, value in request.get("context", {}).items()}
    return keys, request.get("context_complete", True)


def owner(request: Json) -> Any:
    """Return the resource's account."""
    in_arn = [*request["resource"].split(":"), *[""] * 5][4]
    named = request.get("resource_account") or (in_arn if in_arn.isdigit() else None)
    return named or caller(request["principal"])["account"]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def texts(value: Any) -> list[str]:
    """Return a key's values as text."""
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in listed(value)]


def characters(text: str, request: Json, version: str, *, wild: bool) -> tuple[list[tuple[str, bool]], str]:
    """Return (character, is a wildcard) pairs, variables filled in, and TRUE (rules 19-22).

    FALSE: a variable has no value. OPEN: one isn't known, and stands as a star.
    """
    found: list[tuple[str, bool]] = []
    (keys, complete), status = context(request), TRUE
    for piece in re.split(r"(\$\{[^{}]*\})", text):
        if version != "2012-10-17" or not re.fullmatch(r"\$\{[^{}]*\}", piece):
            found += [(character, wild and special) for character, special in plain(piece)]
            continue
        name, _, default = piece[2:-1].partition(",")
        value: Any = keys.get(name.strip().lower())
        values = [] if value is None else texts(value)
        if name in ("*", "?", "$"):
            values = [name]
        elif name.strip().lower() not in keys and not complete:
            found, status, values = [*found, ("*", True)], OPEN, [""]
        elif value is None and default:
            values = [default.strip()[1:-1]]
        if len(values) != 1:
            return [], FALSE
        found += [(character, False) for character in values[0]]
    return found, status


def plain(text: str) -> list[tuple[str, bool]]:
    return [(character, character in "*?") for character in text]


def like(pattern: list[tuple[str, bool]], text: str) -> bool:
    """Match by trying every way (a table of every prefix of one with every prefix of the other)."""
    row = [True] + [False] * len(text)
    for character, wild in pattern:
        if wild and character == "*":
            row = [any(row[: i + 1]) for i in range(len(row))]
        else:
            row = [False] + [row[i] and (wild or text[i] == character) for i in range(len(text))]
    return row[-1]


def arn_like(pattern: list[tuple[str, bool]], text: str) -> bool:
    """Match part by part, six parts (rules 31 and 36)."""
    parts: list[list[tuple[str, bool]]] = [[]]
    for pair in pattern:
        if pair[0] == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(pair)
    values = text.split(":", 5)
    if pattern == [("*", True)]:
        return True
    return len(parts) == len(values) == 6 and values[0] == "arn" and all(map(like, parts, values))


def number(text: str) -> Decimal:
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        raise ValueError
    return Decimal(text)


def moment(text: str) -> Decimal:
    iso = re.fullmatch(r"(\d{4})(-\d\d)?(-\d\d)?(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?", text)
    if not iso:
        return number(text)
    year, month, day, hour, minute, second = (int((part or "0").strip("-")) for part in iso.groups()[:6])
    zone = iso[8] or "Z"
    offset = timedelta(0) if zone == "Z" else timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[4:]))
    read = datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=timezone(offset))
    return Decimal(int(read.timestamp())) + Decimal(iso[7] or 0)


def compare(operator: str, expected: list[tuple[str, bool]], actual: str) -> bool:
    """Compare one value of the policy with one of the request, negation aside; ValueError where one can't be read."""
    text = "".join(character for character, _ in expected)
    family = operator.replace("Not", "")
    if family in ("StringEquals", "StringEqualsIgnoreCase"):
        return text == actual or (family.endswith("Case") and text.lower() == actual.lower())
    if family == "StringLike":
        return like(expected, actual)
    if family in ("ArnEquals", "ArnLike"):
        if text.count(":") < 5 and text != "*":
            raise ValueError
        return actual.startswith("arn:") and actual.count(":") >= 5 and arn_like(expected, actual)
    if family == "Bool":
        if not {text.lower(), actual.lower()} <= {"true", "false"}:
            raise ValueError
        return text.lower() == actual.lower()
    if family == "BinaryEquals":
        return base64.b64decode(text, validate=True) == base64.b64decode(actual, validate=True)
    if family == "IpAddress":
        return ipaddress.ip_address(actual) in ipaddress.ip_network(text, strict=False)
    read = number if family.startswith("Numeric") else moment
    left, right = read(actual), read(text)
    kind = family.removeprefix("Numeric").removeprefix("Date")
    order = {"Equals": left == right, "LessThan": left < right, "GreaterThan": left > right}
    return order[kind] if kind in order else order[kind.removesuffix("Equals")] or left == right


KNOWN = re.compile(
    r"String(Not)?(Equals|EqualsIgnoreCase|Like)|Arn(Not)?(Equals|Like)|(Not)?IpAddress|Bool|BinaryEquals"
    r"|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)"
)


def any_of(outcomes: list[str]) -> str:
    return next((each for each in (TRUE, UNREADABLE, OPEN) if each in outcomes), FALSE)


def invert(outcome: str) -> str:
    return {TRUE: FALSE, FALSE: TRUE}.get(outcome, outcome)


def one_value(operator: str, listed: list[str], actual: str, request: Json, version: str) -> str:
    """Return whether the request's value matches any of the policy's, negation aside (rule 24)."""
    outcomes = []
    for text in listed:
        family = re.match(r"String|Arn|Bool", operator)
        wild = "Like" in operator or operator.startswith("Arn")
        expected, status = characters(text, request, version if family else "2008-10-17", wild=wild)
        if operator == "Bool" and actual.lower() not in ("true", "false"):
            outcomes.append(UNREADABLE)
        elif status == FALSE:
            outcomes.append(FALSE)  # a variable without a value matches nothing (rule 21)
        elif status == OPEN:
            fold = str.lower if operator.endswith("Case") else str
            same = like([(fold(character), special) for character, special in expected], fold(actual))
            outcomes.append(OPEN if same or operator == "Bool" else FALSE)
        else:
            try:
                outcomes.append(TRUE if compare(operator, expected, actual) else FALSE)
            except ValueError:
                outcomes.append(UNREADABLE)
    return any_of(outcomes)


def condition(written: str, key: str, listed: list[str], request: Json, version: str) -> str:
    """Return whether one condition holds."""
    keys, complete = context(request)
    known = key.lower() in keys
    value = keys.get(key.lower())
    quantifier, colon, name = written.rpartition(":")
    if_exists, name = name.endswith("IfExists"), name.removesuffix("IfExists")
    if written == "Null":
        if not known and not complete:
            return OPEN
        absent = value is None or texts(value) == [""]
        answers = [TRUE if text.lower() == str(absent).lower() else FALSE for text in listed]
        unread = any(text.lower() not in ("true", "false") for text in listed)
        return any_of([*answers, UNREADABLE] if unread else answers)
    if not KNOWN.fullmatch(name) or (colon and quantifier not in ("ForAllValues", "ForAnyValue")):
        return UNREADABLE
    if not known and not complete:
        return OPEN
    negated = "Not" in name
    if value is None:
        return TRUE if if_exists or quantifier == "ForAllValues" or (negated and not quantifier) else FALSE
    outcomes = [one_value(name, listed, text, request, version) for text in texts(value)]
    if quantifier == "ForAllValues" and not any(texts(value)):
        return TRUE
    if quantifier == "ForAllValues":
        return invert(any_of([each if negated else invert(each) for each in outcomes]))
    if quantifier == "ForAnyValue":
        return any_of([invert(each) if negated else each for each in outcomes])
    return invert(any_of(outcomes)) if negated else any_of(outcomes)


def names(who: Json, principal: Any) -> str:
    """Return how a Principal element names the caller: "direct", "limited", "account" or "" (rules 1-6, 40, 41)."""
    if principal == "*" or "*" in listed(principal.get("AWS", [])):
        return "direct"
    kinds = {"service": "Service", "federated": "Federated", "canonicaluser": "CanonicalUser"}
    if who["type"] in kinds:
        return "direct" if who["arn"] in listed(principal.get(kinds[who["type"]], [])) else ""
    aws, own_id = listed(principal.get("AWS", [])), who.get("unique_id")
    roles = {(arn.split(":")[4], arn.split("/")[-1]) for arn in aws if ":role/" in arn}
    by_id = own_id is not None and own_id in aws
    session_role = who["type"] == "role_session" and (who["account"], who["arn"].split("/")[1]) in roles
    by_arn = who["type"] != "root" and who["arn"] in aws
    if (by_arn and who["type"] != "role") or (by_id and who["type"] == "user"):
        return "direct"
    if session_role or by_id or by_arn or who.get("user_arn") in aws:
        return "limited"
    return "account" if who["account"] in aws or f"arn:aws:iam::{who['account']}:root" in aws else ""


def spared(who: Json, principal: Any, *, boundary: bool) -> bool:
    """Return whether NotPrincipal spares the caller (rules 16 and 17)."""
    if boundary:
        return False
    if principal == "*" or "*" in listed(principal.get("AWS", [])) or not who["account"]:
        return names(who, principal) != ""
    aws = listed(principal.get("AWS", []))
    if who["account"] not in aws and f"arn:aws:iam::{who['account']}:root" not in aws:
        return False
    rest = {"AWS": [name for name in aws if name != who["arn"]]}
    if who["type"] == "role_session" or (
        who["type"] == "federated_user" and (who.get("user_arn") or who.get("unique_id"))
    ):
        return who["arn"] in aws and names(who, rest) == "limited"
    return who["type"] == "root" or names(who, principal) in ("direct", "limited")


def statement(it: Json, scenario: Json, kind: str, version: str) -> tuple[str, str]:
    """Return whether a statement holds (TRUE, OPEN or FALSE), and how it names the caller."""
    request, who = scenario["request"], caller(scenario["request"]["principal"])
    actions = listed(it.get("Action") or it.get("NotAction") or [])
    if any(like(plain(name.lower()), request["action"].lower()) for name in actions) == ("NotAction" in it):
        return FALSE, ""
    how = names(who, it["Principal"]) if "Principal" in it else "direct"
    if "NotPrincipal" in it:
        how = "" if it["Effect"] == "Allow" or spared(who, it["NotPrincipal"], boundary=bounded(scenario)) else "direct"
    outcomes = [TRUE if how else FALSE]
    if "Resource" in it or "NotResource" in it:
        patterns = listed(it.get("Resource") or it.get("NotResource"))
        found = any_of([resource(text, request, kind, version) for text in patterns])
        outcomes.append(invert(found) if "NotResource" in it else found)
    outcomes += [FALSE] if kind == "kms" and not {"Resource", "NotResource"} & it.keys() else []
    for operator, block in it.get("Condition", {}).items():
        for key, values in block.items():
            outcome = condition(operator, key, texts(values), request, version)
            outcomes.append(outcome if outcome != UNREADABLE else FALSE if it["Effect"] == "Allow" else TRUE)
    return FALSE if FALSE in outcomes else OPEN if OPEN in outcomes else TRUE, how


def resource(text: str, request: Json, kind: str, version: str) -> str:
    """Return whether one Resource pattern matches (rules 20, 22, 36 and 48)."""
    if text != "*" and text.count(":") < 5 and (kind == "identity" or "*" in text or "?" in text):
        text += ":*" * (5 - text.count(":"))
    head, last = ":".join(text.split(":")[:5]), ":".join(text.split(":")[5:])
    fixed = plain(f"{head}:" if last else head)
    filled, status = characters(last, request, version, wild=True)
    return status if status != FALSE and arn_like(fixed + filled, request["resource"]) else FALSE


def bearing(scenario: Json) -> list[tuple[str, int, Json]]:
    """Return the documents that bear on the request as (layer, level, document): rules 12-14 and 42."""
    policies, request = scenario.get("policies", {}), scenario["request"]
    who, action = caller(request["principal"]), request["action"].lower()
    found = [("resource", 0, policies.get("resource_based"))]
    found += [("endpoint", 0, each) for each in policies.get("vpc_endpoint") or []]
    if who["account"]:
        found += [("identity", 0, each) for each in policies.get("identity_based") or []]
        found += [("session", 0, each) for each in policies.get("session") or []]
        found += [("boundary", 0, policies["permissions_boundary"])] if bounded(scenario) else []
        if not linked(who) and not who.get("management_account"):
            scps = enumerate(policies.get("service_control") or [])
            found += [("scp", i, each) for i, level in scps for each in level]
    trust = TRUST.fullmatch(action) and ":role/aws-service-role/" in request["resource"]
    if not linked(who) and not trust and action.split(":")[0] in RCP_SERVICES and action != "kms:retiregrant":
        found += [("rcp", i, each) for i, level in enumerate(policies.get("resource_control") or []) for each in level]
    return [(layer, level, each.get("document", each)) for layer, level, each in found if each is not None]


def decide(scenario: Json) -> str:
    """Return the decision: one if every world agrees, else Unknown, or ImplicitDeny where all of them deny."""
    request = scenario["request"]
    if request["action"].lower() == "sts:getcalleridentity":  # rule 18
        return "Allow"
    key = request["action"].lower().startswith("kms:")
    certain: list[tuple[str, int, str, str]] = []
    opened: list[tuple[str, int, str, str]] = []
    for layer, level, document in bearing(scenario):
        kind = "identity" if layer in ("identity", "boundary", "session") else "kms" if key else layer
        for it in listed(document["Statement"]):
            truth, how = statement(it, scenario, kind, document.get("Version", "2008-10-17"))
            row = (layer, level, it["Effect"], how)
            (certain if truth == TRUE else opened if truth == OPEN else []).append(row)
    worlds = itertools.product((True, False), repeat=len(opened))
    decisions = {in_world(scenario, certain + list(itertools.compress(opened, world))) for world in worlds}
    if len(decisions) == 1:
        return decisions.pop()
    return "Unknown" if "Allow" in decisions else "ImplicitDeny"


def in_world(scenario: Json, rows: list[tuple[str, int, str, str]]) -> str:
    """Decide where exactly the statements of `rows` hold."""
    request, policies = scenario["request"], scenario.get("policies", {})
    who = caller(request["principal"])
    if any(effect == "Deny" for _, _, effect, _ in rows):  # rule 5
        return "ExplicitDeny"
    allowed = {(layer, level) for layer, level, _, _ in rows}
    how = {how for layer, _, _, how in rows if layer == "resource"}
    levels = {("scp", i) for i in range(len(policies.get("service_control") or []))}
    if who["account"] and not linked(who) and not who.get("management_account") and not levels <= allowed:  # rule 11
        return "ImplicitDeny"
    if policies.get("vpc_endpoint") and ("endpoint", 0) not in allowed:
        return "ImplicitDeny"
    if not who["account"]:  # rule 42
        return "Allow" if how else "ImplicitDeny"
    limited = bounded(scenario) and ("boundary", 0) not in allowed
    limited |= (bool(policies.get("session")) or who["type"] == "federated_user") and ("session", 0) not in allowed
    own = (who["type"] == "root" or ("identity", 0) in allowed) and not limited
    if owner(request) != who["account"]:  # rule 7
        return "Allow" if how and own else "ImplicitDeny"
    if "direct" in how or ("limited" in how and not limited):  # rules 1-4
        return "Allow"
    action, arn = request["action"].lower(), request["resource"].split(":", 5)
    explicit = TRUST.fullmatch(action) or (action.startswith("kms:") and len(arn) == 6 and arn[5].startswith("key/"))
    return "Allow" if own and (how or not explicit) else "ImplicitDeny"
