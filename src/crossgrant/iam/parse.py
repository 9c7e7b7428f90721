"""Read a policy document as AWS validates it on writing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crossgrant.iam import strict_json
from crossgrant.iam.arn import PARTS
from crossgrant.iam.conditions import Condition
from crossgrant.iam.context import json_text
from crossgrant.iam.document import PolicyDocument
from crossgrant.iam.elements import ActionElement, PrincipalElement, ResourceElement
from crossgrant.iam.grammar import CURRENT_VERSION, GRAMMARS, OLD_VERSION, STATEMENT_ELEMENTS, Grammar
from crossgrant.iam.kind import PolicyKind
from crossgrant.iam.malformed import MalformedPolicyDocumentError
from crossgrant.iam.principal_names import check_principals
from crossgrant.iam.statement import Statement
from crossgrant.iam.strict_json import escaped

# What JSON values are in Python; a union written in place would be made anew at each check.
_OBJECT, _LIST, _SCALAR = (dict, Mapping), (list, tuple), (str, bool, int, float)
_SID = re.compile(r"[0-9A-Za-z]*", re.ASCII)
_VENDOR = re.compile(r"[A-Za-z0-9.*?-]+", re.ASCII)
_PARTITION = re.compile(r"aws(-[a-z]+)*|\*", re.ASCII)
_RCP_FULL_ACCESS = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
_IAM_PATHS = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)


def parse_policy(document: object, kind: PolicyKind) -> PolicyDocument:
    """Return the typed form of `document`, a JSON text or value.

    Raises:
        MalformedPolicyDocumentError: AWS would refuse it; the error holds AWS's text and the place.

    """
    return _Parser(kind).document(_read(document, kind) if isinstance(document, str) else document)


def _read(text: str, kind: PolicyKind) -> object:
    try:
        return strict_json.loads(text)
    except ValueError:
        raise MalformedPolicyDocumentError(GRAMMARS[kind].texts.json) from None


class _Parser:
    """One document being read; each method raises on the first rule broken."""

    def __init__(self, kind: PolicyKind) -> None:
        self.kind = kind
        self.grammar: Grammar = GRAMMARS[kind]
        self.texts = self.grammar.texts
        self.variables = False
        self.is_trust = kind is PolicyKind.TRUST
        self.is_key = kind is PolicyKind.KMS_KEY
        self.is_resource_control = kind is PolicyKind.RESOURCE_CONTROL

    def document(self, value: object) -> PolicyDocument:
        if not isinstance(value, _OBJECT):
            raise MalformedPolicyDocumentError(self.texts.syntax)
        for name in value:
            if name not in ("Version", "Id", "Statement"):
                raise MalformedPolicyDocumentError(self.texts.syntax, f"/{escaped(str(name))}")
        version = self._version(value)
        self.variables = version == CURRENT_VERSION  # rule 19
        identifier = value.get("Id")
        if identifier is not None and not isinstance(identifier, str):
            raise MalformedPolicyDocumentError(self.texts.syntax, "/Id")
        listed = value.get("Statement")
        listed = [listed] if isinstance(listed, _OBJECT) else listed
        if not isinstance(listed, _LIST) or not listed:
            raise MalformedPolicyDocumentError(self.texts.statement, "/Statement")
        statements = tuple([self.statement(each, f"/Statement/{index}") for index, each in enumerate(listed)])
        if len(statements) > 1:
            self._unique_sids(statements)
        return PolicyDocument(self.kind, version, identifier, statements, value)

    def _version(self, value: Mapping[str, Any]) -> str:
        version = value.get("Version", OLD_VERSION)
        allowed = (CURRENT_VERSION,) if self.grammar.version_required else (CURRENT_VERSION, OLD_VERSION)
        if version not in allowed:
            raise MalformedPolicyDocumentError(self.texts.version, "/Version")
        return str(version)

    def _unique_sids(self, statements: tuple[Statement, ...]) -> None:
        seen: set[str] = set()
        for statement in statements:
            if statement.sid and statement.sid in seen:
                raise MalformedPolicyDocumentError(self.texts.sid, f"{statement.pointer}/Sid")
            seen.add(statement.sid or "")

    def statement(self, value: object, at: str) -> Statement:
        if not isinstance(value, _OBJECT):
            raise MalformedPolicyDocumentError(self.texts.syntax, at)
        for name in value:
            if name not in STATEMENT_ELEMENTS:
                raise MalformedPolicyDocumentError(self.texts.syntax, f"{at}/{escaped(str(name))}")
        effect = value.get("Effect")
        if effect not in ("Allow", "Deny"):
            named = isinstance(effect, str) and self.grammar.principal
            raise MalformedPolicyDocumentError(
                f"Invalid effect: {effect}" if named else self.texts.effect, f"{at}/Effect"
            )
        if self.is_resource_control:
            _check_resource_control(value, at)
        return Statement(
            sid=self._sid(value.get("Sid"), at),
            allows=effect == "Allow",
            principals=self._principals(value, at),
            actions=self._actions(value, at),
            resources=self._resources(value, at),
            conditions=self._conditions(value.get("Condition"), at),
            pointer=at,
        )

    def _sid(self, sid: object, at: str) -> str | None:
        if sid is None:
            return None
        if not isinstance(sid, str):
            raise MalformedPolicyDocumentError(self.texts.syntax, f"{at}/Sid")
        if not self.grammar.principal and not _SID.fullmatch(sid):
            raise MalformedPolicyDocumentError(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
                "[0-9A-Za-z]*",
                f"{at}/Sid",
            )
        return sid

    def _principals(self, value: Mapping[str, Any], at: str) -> PrincipalElement | None:
        if not self.grammar.principal:
            for name in ("Principal", "NotPrincipal"):
                if name in value:
                    raise MalformedPolicyDocumentError(
                        "Policy document should not specify a principal.", f"{at}/{name}"
                    )
            return None
        negated = "NotPrincipal" in value
        if negated and "Principal" in value:
            raise MalformedPolicyDocumentError(self.texts.syntax, f"{at}/NotPrincipal")
        if negated and self.is_trust:
            raise MalformedPolicyDocumentError(
                "Allow with NotPrincipal is not allowed."
                if value["Effect"] == "Allow"
                else "AssumeRole policy must not contain NotPrincipal field.",
                f"{at}/NotPrincipal",
            )
        name = "NotPrincipal" if negated else "Principal"
        if name not in value:
            raise MalformedPolicyDocumentError("Missing required field Principal", f"{at}/Principal")
        check_principals(value[name], f"{at}/{name}")
        return PrincipalElement.of(value[name], negated=negated)

    def _names(self, value: Mapping[str, Any], element: str, at: str, missing: str) -> tuple[bool, tuple[str, ...]]:
        """Return whether the negated element stands there, and the texts that it or the other lists.

        A key policy's statement without Action or Resource is kept, and has no effect:
        https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
        """
        negated = f"Not{element}"
        if element in value and negated in value:
            raise MalformedPolicyDocumentError(self.texts.syntax, f"{at}/{negated}")
        name = negated if negated in value else element
        listed = value.get(name, ())
        listed = (listed,) if isinstance(listed, str) else listed
        if not isinstance(listed, _LIST):
            raise MalformedPolicyDocumentError(self.texts.syntax, f"{at}/{name}")
        if not listed and not self.is_key:
            raise MalformedPolicyDocumentError(missing, f"{at}/{name}")
        for index, text in enumerate(listed):
            if not isinstance(text, str) or not text:
                raise MalformedPolicyDocumentError(self.texts.syntax, f"{at}/{name}/{index}")
        return name == negated, tuple(listed)

    def _actions(self, value: Mapping[str, Any], at: str) -> ActionElement:
        negated, names = self._names(value, "Action", at, self.texts.actions)
        place = f"{at}/{'NotAction' if negated else 'Action'}"
        for name in names:
            _check_action(name, place)
            if self.is_trust and not name.lower().startswith("sts:"):
                raise MalformedPolicyDocumentError("AssumeRole policy may only specify STS AssumeRole actions.", place)
        return ActionElement(names, negated)

    def _resources(self, value: Mapping[str, Any], at: str) -> ResourceElement | None:
        if not self.grammar.resource:
            if "Resource" in value:
                raise MalformedPolicyDocumentError("Has prohibited field Resource", f"{at}/Resource")
            if "NotResource" in value:
                raise MalformedPolicyDocumentError("AssumeRole policy must not contain resources.", f"{at}/NotResource")
            return None
        negated, names = self._names(value, "Resource", at, self.texts.resources)
        place = f"{at}/{'NotResource' if negated else 'Resource'}"
        for name in names:
            _check_resource(name, self.grammar, place)
        padded = self.grammar.short_arns == "padded"
        return ResourceElement(names, negated, self.variables, padded)

    def _conditions(self, block: object, at: str) -> tuple[Condition, ...]:
        if block is None:
            return ()
        if not isinstance(block, _OBJECT):
            raise MalformedPolicyDocumentError(self.texts.syntax, f"{at}/Condition")
        conditions = []
        for operator, keys in block.items():
            place = f"{at}/Condition/{escaped(str(operator))}"
            if not isinstance(operator, str) or not isinstance(keys, _OBJECT):
                raise MalformedPolicyDocumentError(self.texts.syntax, place)
            for key, values in keys.items():
                where = f"{place}/{escaped(str(key))}"
                texts = self._condition_values(values, where)
                conditions.append(Condition(operator, str(key), texts, where, self.variables))
        return tuple(conditions)

    def _condition_values(self, values: object, at: str) -> tuple[str, ...]:
        """Return a condition's values as text: numbers and booleans may stand without quotes (rule 33)."""
        listed = values if isinstance(values, _LIST) else (values,)
        for value in listed:
            if not isinstance(value, _SCALAR):
                raise MalformedPolicyDocumentError(self.texts.syntax, at)
        return tuple(map(json_text, listed))


def _check_action(name: str, at: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html."""
    if name == "*":
        return
    vendor, colon, action = name.partition(":")
    if not colon:
        message = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    elif ":" in action:
        message = "Actions/Condition can contain only one colon."
    elif not _VENDOR.fullmatch(vendor):
        message = f"Vendor {vendor} is not valid"
    elif not action:
        message = "The policy failed legacy parsing"
    else:
        return
    raise MalformedPolicyDocumentError(message, at)


def _check_resource(text: str, grammar: Grammar, at: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html (rules 36 and 48)."""
    if text == "*" or (grammar.principal and text.startswith("execute-api:")):
        return
    parts = text.split(":", PARTS - 1)
    if parts[0] != "arn" or len(parts) == 1:
        raise MalformedPolicyDocumentError(f'Resource {text} must be in ARN format or "*".', at)
    partition, service, region, _, resource = (parts + ["*"] * PARTS)[1:PARTS]
    if not _PARTITION.fullmatch(partition):
        raise MalformedPolicyDocumentError(f'Partition "{partition}" is not valid for resource "{text}".', at)
    if len(parts) == 2 or "*" in service or "?" in service:  # noqa: PLR2004 - arn and the partition
        message = "Resource vendor must be fully qualified and cannot contain regexes."
    elif len(parts) < PARTS and _is_refused(text, grammar):
        message = "The policy failed legacy parsing"
    elif service == "iam" and region not in ("", "*"):
        message = f"IAM resource {text} cannot contain region information."
    elif service == "iam" and not grammar.principal and not resource.startswith(("*", "root", "$", *_IAM_PATHS)):
        message = f'IAM resource path must either be "*" or start with {", ".join(_IAM_PATHS)}.'
    else:
        return
    raise MalformedPolicyDocumentError(message, at)


def _is_refused(text: str, grammar: Grammar) -> bool:
    """Return whether an ARN of fewer than six parts is refused (rule 48)."""
    wild = "*" in text or "?" in text
    return grammar.short_arns == "refused" or (grammar.short_arns.endswith("refused") and not wild)


def _check_resource_control(value: Mapping[str, Any], at: str) -> None:
    """Hold a customer's RCP to its syntax; RCPFullAWSAccess alone allows (rule 15).

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    """
    if {name: _single(part) for name, part in value.items() if name != "Sid"} == _RCP_FULL_ACCESS:
        return
    for name in ("NotPrincipal", "NotAction"):
        if name in value:
            raise MalformedPolicyDocumentError(f"Has prohibited field {name}", f"{at}/{name}")
    if value["Effect"] != "Deny":
        raise MalformedPolicyDocumentError("Invalid effect: Allow", f"{at}/Effect")
    if value.get("Principal") not in ("*", {"AWS": "*"}):
        raise MalformedPolicyDocumentError("The Principal element must be *", f"{at}/Principal")
    actions = value.get("Action", ())
    if "*" in ((actions,) if isinstance(actions, str) else actions):
        raise MalformedPolicyDocumentError(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", f"{at}/Action"
        )


def _single(value: object) -> object:
    """Return the one element of a list of one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
