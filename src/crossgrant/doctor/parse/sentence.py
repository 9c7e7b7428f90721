"""AWS's denial sentence, as it stands and as consoles translate it (words.toml).

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    User: P is not authorized to perform: A [on resource: R]
    [because no T policy allows the A action | with an explicit deny in a T[: ARN]]
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from crossgrant.doctor.parse.error import ParsedError

QUOTES = "\"'`\u201c\u201d\u2018\u2019«»「」()[]{}<>,;"
CUT = ("…", "...", "..")
SENTENCE = re.compile(
    r"(?:User: (?P<principal>\S+) is not authorized to perform|[Nn]ot authorized to perform):? ?"
    r"(?P<action>[\w-]+:[\w*]+)?(?P<cut>…|\.\.+)?"
    r"(?: on (?:resource: |the resource )?[\"']?(?P<resource>[^\s<>\"\\]+))?"
)
OFTEN = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "dynamodb:GetItem")
"""Actions whose beginning at the end of a text is one of them cut off."""
SILENT = re.compile(r"because no (?P<layer>[\w -]+?) allows the (?P<action>[\w-]+:\w+) action")
EXPLICIT = re.compile(
    r"with an explicit deny in (?:an?|the) (?P<layer>[\w -]*?(?:policy|boundary))"
    r"(?:: (?P<arn>arn:\S+?))?(?=[.,;)\"'\s]|$)"
)
AUTHORIZATION = re.compile(
    r"authorization id: (?P<spoken>[0-9a-z]+)"
    r"|(?:region=(?P<region>[a-z0-9-]+)#/)?authorization-details/(?P<linked>[0-9a-z]+)"
)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users.html - only these ARNs call anything
CALLER = re.compile(
    r"arn:[\w-]+:(?:sts::\d{12}:(?:assumed-role|federated-user)/[\w+=,.@/-]+|iam::\d{12}:(?:user/[\w+=,.@/-]+|root))"
)
ANY_ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:(?:\d{12}|aws)?:[^\s\"'`“”「」«»<>]+")
ACTION = re.compile(r"\b(?P<action>(?:sts|dynamodb|kms|lambda|iam|logs|cloudformation|organizations):[A-Z]\w+)")

_WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
LAYER_WORDS = tuple((layer, re.compile("|".join(words))) for layer, words in _WORDS["layers"].items())
DENY_WORDS = re.compile("|".join(_WORDS["sentence"]["explicit_deny"]))
REFUSED_WORDS = re.compile("|".join(_WORDS["sentence"]["refused"]))


def read_sentence(text: str) -> ParsedError | None:
    """Return what AWS's sentence in `text` tells, or, where there is none, what its translation tells."""
    found = SENTENCE.search(text)
    parsed = _english(found) if found else _translated(text)
    identifier = AUTHORIZATION.search(text)
    authorization_id = (identifier["spoken"] or identifier["linked"]) if identifier else None
    region = identifier["region"] if identifier else None
    if parsed is None:
        return ParsedError(authorization_id=authorization_id, authorization_region=region) if authorization_id else None
    layer, explicit, policy_arn = _layer(text, translated=found is None)
    silent = SILENT.search(text)
    return parsed.filled(
        ParsedError(
            action=silent["action"] if silent else None,
            layer=layer,
            explicit=explicit,
            policy_arn=policy_arn,
            authorization_id=authorization_id,
            authorization_region=region,
        )
    )


def _english(found: re.Match[str]) -> ParsedError:
    resource, cut = _trimmed(found["resource"])
    principal, _ = _trimmed(found["principal"])
    action, cut = found["action"], cut or bool(found["cut"])
    if action and any(each.startswith(action) and each != action for each in OFTEN):
        action, cut = None, True
    return ParsedError(principal=principal, action=action, resource=resource, truncated=cut)


def _translated(text: str) -> ParsedError | None:
    """Read the sentence by what no language changes: the caller's ARN, the action, the resource's ARN."""
    action, refused = ACTION.search(text), REFUSED_WORDS.search(text)
    caller = CALLER.search(text)
    if not ((action and refused) or (caller and (refused or "is not auth" in text))):
        return None
    principal = caller[0] if caller else None
    resources = (
        _trimmed(each)[0] for each in ANY_ARN.findall(text) if principal is None or not each.startswith(principal)
    )
    return ParsedError(
        principal=principal,
        action=action["action"] if action else None,
        resource=next((each for each in resources if each and ":policy/" not in each), None),
        truncated=action is None,
    )


def _layer(text: str, *, translated: bool) -> tuple[str | None, bool | None, str | None]:
    """Return the type of policy that decided, whether by a Deny, and that policy's ARN."""
    if silent := SILENT.search(text):
        return _layer_name(silent["layer"]), False, None
    if explicit := EXPLICIT.search(text):
        return _layer_name(explicit["layer"]), True, explicit["arn"]
    if translated:
        named = next((layer for layer, words in LAYER_WORDS if words.search(text)), None)
        return named, (bool(DENY_WORDS.search(text)) if named else None), None
    return None, None, None


def _layer_name(words: str) -> str:
    """Return AWS's name of a layer, from the several ways its texts spell it (`sessions policy`)."""
    named = next(
        (layer for layer, pattern in LAYER_WORDS if pattern.search(words.replace("sessions", "session"))), None
    )
    return named or words.strip()


def _trimmed(word: str | None) -> tuple[str | None, bool]:
    """Return a word without the punctuation around it, and whether the text was cut inside it."""
    if word is None:
        return None, False
    bare = word.strip(QUOTES)
    for mark in CUT:
        if bare.endswith(mark):
            return None, True
    bare = bare.rstrip(".:" + QUOTES).strip(QUOTES)
    return bare or None, False
