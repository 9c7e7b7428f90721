"""Who makes a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from crossgrant.errors import CrossgrantError
from crossgrant.iam.arn import Arn, is_account
from crossgrant.iam.context import Values
from crossgrant.iam.lazy import lazy


class InvalidPrincipalError(CrossgrantError):
    """A caller that can't be read; `pointer` is the part at fault."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


class PrincipalType(StrEnum):
    """The kinds of caller."""

    USER = "user"
    ROLE = "role"
    ROLE_SESSION = "role_session"
    ROOT = "root"
    FEDERATED_USER = "federated_user"
    FEDERATED = "federated"
    SERVICE = "service"
    CANONICAL_USER = "canonical_user"
    ANONYMOUS = "anonymous"


# The kind under which a Principal element lists callers that have no account of their own.
_KINDS = {
    PrincipalType.SERVICE: "Service",
    PrincipalType.FEDERATED: "Federated",
    PrincipalType.CANONICAL_USER: "CanonicalUser",
}
Name: TypeAlias = tuple[str, Hashable]


class Names(NamedTuple):
    """The names under which a policy can mean a caller, by how closely they name it."""

    direct: frozenset[Name]
    limited: frozenset[Name]
    account: Name | None


def account_name(account_id: str) -> Name:
    """Return the name of an account: its root's ARN and its 12 digits are the same (rule 6)."""
    return "Account", account_id


def role_name(arn: Arn) -> Name:
    """Return the name of a role, of its ARN or of a session's, without the path that a session's ARN doesn't have."""
    kind, _, name = arn.resource.partition("/")
    name = name.split("/")[0] if kind == "assumed-role" else name.rsplit("/", 1)[-1]
    return "Role", (arn.partition, arn.account, name)


@dataclass(frozen=True, eq=False)
class Principal:
    """A caller. A session's ARN has no path: `role_arn` supplies it where given (rule 39)."""

    type: PrincipalType
    arn: str | None = None
    role_arn: str | None = None
    user_arn: str | None = None
    unique_id: str | None = None
    account_id: str | None = None
    management_account: bool = False
    service_linked: bool = False

    @classmethod
    def parse(cls, value: object) -> Principal:
        """Read an ARN, `*`, `{"AWS"|"Service"|"Federated"|"CanonicalUser": …}` or `{"type": …, "arn": …, …}`.

        Raises:
            InvalidPrincipalError: nothing of the kind, or parts that contradict each other.

        """
        if isinstance(value, str):
            return cls.anonymous() if value == "*" else _of_arn(value)
        if not isinstance(value, Mapping):
            raise InvalidPrincipalError("expected an ARN, `*` or an object")
        if "type" in value:
            return _of_fields(value)
        if len(value) != 1:
            raise InvalidPrincipalError("expected one of AWS, Service, Federated and CanonicalUser, or `type`")
        ((kind, name),) = value.items()
        if not isinstance(name, str) or not name:
            raise InvalidPrincipalError("expected one name", f"/{kind}")
        if kind == "AWS" and name != "*":
            return cls.root(name) if is_account(name) else _of_arn(name, "/AWS")
        if kind == "AWS":
            return cls.anonymous()
        for type_, listed in _KINDS.items():
            if kind == listed:
                return cls(type_, name)
        raise InvalidPrincipalError(f"`{kind}` is no kind of principal", f"/{kind}")

    @classmethod
    def user(cls, arn: str, unique_id: str | None = None, *, management_account: bool = False) -> Principal:
        """An IAM user."""
        account = _account_in(arn)
        return cls(
            PrincipalType.USER, arn, unique_id=unique_id, account_id=account, management_account=management_account
        )

    @classmethod
    def role_session(  # noqa: PLR0913 - a session's parts
        cls,
        session_arn: str,
        role_arn: str | None = None,
        unique_id: str | None = None,
        session_name: str | None = None,
        *,
        management_account: bool = False,
        service_linked: bool = False,
    ) -> Principal:
        """A session of a role; the session's name is in its ARN."""
        arn = _parsed(session_arn)
        parts = arn.resource.split("/")
        if parts[0] != "assumed-role" or len(parts) != 3:  # noqa: PLR2004 - assumed-role/ROLE/SESSION
            raise InvalidPrincipalError(f"`{session_arn}` isn't a role session's ARN")
        if session_name not in (None, parts[2]):
            raise InvalidPrincipalError(f"`{session_arn}` isn't the session `{session_name}`")
        return cls(
            PrincipalType.ROLE_SESSION,
            session_arn,
            role_arn=role_arn,
            unique_id=unique_id,
            account_id=arn.account,
            management_account=management_account,
            service_linked=service_linked or (role_arn is not None and is_service_linked(role_arn)),
        )

    @classmethod
    def role(
        cls,
        role_arn: str,
        unique_id: str | None = None,
        *,
        management_account: bool = False,
        service_linked: bool = False,
    ) -> Principal:
        """A role as the caller: a session without a name."""
        arn = _parsed(role_arn)
        return cls(
            PrincipalType.ROLE,
            role_arn,
            role_arn=role_arn,
            unique_id=unique_id,
            account_id=arn.account,
            management_account=management_account,
            service_linked=service_linked or is_service_linked(role_arn),
        )

    @classmethod
    def root(cls, account_id: str, partition: str = "aws", *, management_account: bool = False) -> Principal:
        """An account's root user."""
        return cls(
            PrincipalType.ROOT,
            f"arn:{partition}:iam::{account_id}:root",
            account_id=account_id,
            management_account=management_account,
        )

    @classmethod
    def federated_user(
        cls, arn: str, user_arn: str | None = None, unique_id: str | None = None, *, management_account: bool = False
    ) -> Principal:
        """A session of GetFederationToken, made by the user `user_arn`."""
        return cls(
            PrincipalType.FEDERATED_USER,
            arn,
            user_arn=user_arn,
            unique_id=unique_id,
            account_id=_account_in(arn),
            management_account=management_account,
        )

    @classmethod
    def federated(cls, name: str) -> Principal:
        """Someone whom an identity provider vouches for."""
        return cls(PrincipalType.FEDERATED, name)

    @classmethod
    def service(cls, name: str) -> Principal:
        """An AWS service, `lambda.amazonaws.com`."""
        return cls(PrincipalType.SERVICE, name)

    @classmethod
    def anonymous(cls) -> Principal:
        """Someone who signed nothing."""
        return cls(PrincipalType.ANONYMOUS)

    @lazy
    def names(self) -> Names:
        """The names by which a policy can mean this caller."""
        names = [("AWS", name) for name in (self.arn, self.unique_id) if name]
        account = account_name(self.account_id) if self.account_id else None
        match self.type:
            case PrincipalType.USER:
                return Names(frozenset(names), frozenset(), account)
            case PrincipalType.ROLE:
                return Names(frozenset(), frozenset(names), account)
            case PrincipalType.ROLE_SESSION:
                role = role_name(_parsed(self.arn or ""))
                return Names(frozenset(names[:1]), frozenset([role, *names[1:]]), account)
            case PrincipalType.FEDERATED_USER:
                user = [("AWS", name) for name in (self.user_arn, self.unique_id) if name]
                return Names(frozenset(names[:1]), frozenset(user), account)
            case _:
                kind = _KINDS.get(self.type)
                return Names(frozenset([(kind, self.arn)] if kind else []), frozenset(), account)

    @lazy
    def context(self) -> dict[str, Values]:
        """The condition keys that follow from the caller; None for one that such a caller never has.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
        """
        account, name = self.account_id or "", (self.arn or "").rsplit("/", 1)[-1]
        keys: dict[str, Values] = {"aws:username": None}
        match self.type:
            case PrincipalType.USER:
                keys = _known(self.arn, account, "User", self.unique_id) | {"aws:username": (name,)}
            case PrincipalType.ROLE_SESSION | PrincipalType.ROLE:
                session = name if self.type is PrincipalType.ROLE_SESSION else ""
                user_id = f"{self.unique_id}:{session}" if self.unique_id else None
                keys |= _known(self.role_arn or _role_arn(self.arn), account, "AssumedRole", user_id)
            case PrincipalType.ROOT:
                keys |= _known(self.arn, account, "Account", account)
            case PrincipalType.FEDERATED_USER:
                keys |= _known(self.arn, account, "FederatedUser", f"{account}:{name}")
            case PrincipalType.ANONYMOUS:
                keys |= _known(None, "anonymous", "Anonymous", "anonymous") | {"aws:principalarn": None}
            case PrincipalType.SERVICE | PrincipalType.FEDERATED | PrincipalType.CANONICAL_USER:
                keys |= {"aws:principalarn": None}
        return keys


def _known(arn: str | None, account: str, kind: str, user_id: str | None) -> dict[str, Values]:
    keys = {"aws:principalarn": arn, "aws:principalaccount": account, "aws:principaltype": kind, "aws:userid": user_id}
    return {key: (value,) for key, value in keys.items() if value is not None}


def _role_arn(session_arn: str | None) -> str:
    arn = _parsed(session_arn or "")
    return f"arn:{arn.partition}:iam::{arn.account}:role/{arn.resource.split('/')[1]}"


_TEXTS = frozenset({"type", "arn", "role_arn", "user_arn", "unique_id"})
_FLAGS = frozenset({"management_account", "service_linked"})


def _check_fields(fields: Mapping[str, object]) -> None:
    for name, value in fields.items():
        if name not in _TEXTS | _FLAGS:
            raise InvalidPrincipalError(f"unknown field `{name}`", f"/{name}")
        if name in _FLAGS and not isinstance(value, bool):
            raise InvalidPrincipalError(f"`{name}` must be true or false", f"/{name}")
        if name in _TEXTS and value is not None and (not isinstance(value, str) or not value):
            raise InvalidPrincipalError(f"`{name}` must be text", f"/{name}")


def _of_fields(fields: Mapping[str, object]) -> Principal:
    _check_fields(fields)
    texts = {name: str(fields[name]) for name in _TEXTS if fields.get(name) is not None}
    try:
        kind = PrincipalType(texts.get("type", ""))
    except ValueError:
        raise InvalidPrincipalError(f"`{texts.get('type')}` is no type of principal", "/type") from None
    if kind is PrincipalType.ANONYMOUS:
        return Principal.anonymous()
    if "arn" not in texts:
        raise InvalidPrincipalError("`arn` is missing", "/arn")
    if kind in _KINDS:
        return Principal(kind, texts["arn"])
    found = _of_arn(texts["arn"], "/arn")
    if found.type is not kind:
        raise InvalidPrincipalError(f"`{found.arn}` is the ARN of a principal of type {found.type}", "/arn")
    role_arn = texts.get("role_arn", found.role_arn)
    if kind is PrincipalType.ROLE_SESSION and role_arn is not None:
        _check_role(found, role_arn)
    return replace(
        found,
        role_arn=role_arn,
        user_arn=texts.get("user_arn"),
        unique_id=texts.get("unique_id"),
        management_account=fields.get("management_account") is True,
        service_linked=fields.get("service_linked") is True or is_service_linked(role_arn or ""),
    )


def _check_role(session: Principal, role_arn: str) -> None:
    role = _of_arn(role_arn, "/role_arn")
    if role.type is not PrincipalType.ROLE or role_name(_parsed(role_arn)) not in session.names.limited:
        raise InvalidPrincipalError(f"`{session.arn}` is no session of `{role_arn}`", "/role_arn")


def _of_arn(text: str, pointer: str = "") -> Principal:
    arn = Arn.parse(text)
    if arn is not None and arn.region == "" and is_account(arn.account):
        kind, _, rest = arn.resource.partition("/")
        match arn.service, kind:
            case "iam", "root" if not rest:
                return Principal.root(arn.account, arn.partition)
            case "iam", "user" if rest:
                return Principal.user(text)
            case "iam", "role" if rest:
                return Principal.role(text)
            case "iam", "saml-provider" | "oidc-provider" if rest:
                return Principal.federated(text)
            case "sts", "assumed-role" if rest.count("/") == 1:
                return Principal.role_session(text)
            case "sts", "federated-user" if rest:
                return Principal.federated_user(text)
    raise InvalidPrincipalError(f"`{text}` is no principal's ARN", pointer)


def _parsed(text: str) -> Arn:
    arn = Arn.parse(text)
    if arn is None:
        raise InvalidPrincipalError(f"`{text}` isn't an ARN")
    return arn


def _account_in(text: str) -> str:
    return _parsed(text).account


def is_service_linked(role_arn: str) -> bool:
    """Return whether an ARN is that of a service-linked role, which its path tells."""
    return ":role/aws-service-role/" in role_arn
