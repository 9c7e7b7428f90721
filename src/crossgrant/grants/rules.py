"""The rules of a grant that need more than one key to be seen, each a function, all in one table.

A rule takes one grant with its two accounts and yields what is wrong, at the key that should change. `check` runs
them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from crossgrant.grants import names
from crossgrant.grants.actions import ACROSS_ACCOUNTS_BY_TABLE_POLICY, WITHOUT_ITEMS, expand, on_index, with_key
from crossgrant.grants.model import Via
from crossgrant.grants.nearest import did_you_mean
from crossgrant.grants.places import Key
from crossgrant.grants.schema import AccountPart, FilePart, GrantPart


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the way to the key (from the grant, in a rule of one grant), the message and the help."""

    key: Key
    message: str
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One grant of the file with its accounts resolved."""

    name: str
    grant: GrantPart
    caller: AccountPart
    owner: AccountPart

    @property
    def role(self) -> str:
        """The owner's role: the one named, or one named after the grant."""
        return self.grant.to.role or self.name


def two_accounts(subject: Subject) -> Iterator[Finding]:
    """Across accounts both must allow; within one, a role in between is only a detour."""
    if subject.caller.id == subject.owner.id:
        yield Finding(
            ("to", "account"),
            f"`account` is `{subject.owner.id}` on both sides",
            "within one account the function's own execution role is enough: no grant is needed",
        )


def one_partition(subject: Subject) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html."""
    caller, owner = (names.partition_of(side.region) for side in (subject.caller, subject.owner))
    if caller != owner:
        yield Finding(
            ("to", "account"),
            f"`account` is in partition `{owner}`, and the caller in `{caller}`",
            "no role can be assumed from another partition",
        )


def function_is_made_or_has_a_role(subject: Subject) -> Iterator[Finding]:
    """A function that exists runs as a role that only the file can name."""
    from_ = subject.grant.from_
    if from_.code is None and from_.execution_role is None:
        yield Finding(
            ("from",),
            f"`from` has neither `code` nor `execution_role`, so the role of `{from_.function}` is unknown",
            "give `code` to make the function, or the `execution_role` it has "
            "(aws lambda get-function-configuration --query Role)",
        )
    if from_.code is None and from_.handler is not None:
        yield Finding(("from", "handler"), "`handler` stands without `code`", "give `code`, or leave `handler` out")


def execution_role_is_the_callers(subject: Subject) -> Iterator[Finding]:
    """Lambda takes no role of another account: `Cross-account pass role is not allowed.` (F24)."""
    role = subject.grant.from_.execution_role
    if role is not None and role.split(":")[4] != subject.caller.id:
        yield Finding(
            ("from", "execution_role"),
            f"`execution_role` is of account `{role.split(':')[4]}`, and the function of `{subject.caller.id}`",
            "a function runs as a role of its own account",
        )
    if role is not None and role.split(":")[1] != names.partition_of(subject.caller.region):
        yield Finding(
            ("from", "execution_role"),
            f"`execution_role` is in partition `{role.split(':')[1]}`, and the function's region "
            f"in `{names.partition_of(subject.caller.region)}`",
        )


def role_names_fit(subject: Subject) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""
    longest, from_ = names.LONGEST_ROLE_NAME, subject.grant.from_
    if subject.grant.via is Via.ASSUME_ROLE and len(subject.role) > longest:
        given = subject.grant.to.role is not None
        yield Finding(
            ("to", "role") if given else ("to",),
            f"`role` is `{subject.role}`, {len(subject.role)} characters long, and IAM takes {longest}",
            "shorten it" if given else "it is the grant's name: give `role`",
        )
    made = names.execution_role_name(from_.function)
    if from_.execution_role is None and len(made) > longest:
        yield Finding(
            ("from", "function"),
            f"`function` makes the execution role `{made}`, {len(made)} characters long, and IAM takes {longest}",
            "give `execution_role`, or a shorter function name",
        )


def no_action_twice(subject: Subject) -> Iterator[Finding]:
    """An action named twice is a slip that hides what is granted."""
    for place, word in enumerate(subject.grant.allow):
        earlier = expand(subject.grant.allow[:place])
        twice = [action for action in expand([word]) if action in earlier]
        if twice:
            yield Finding(("allow", place), f"`allow` names `{twice[0]}` twice", "name each action once")


def indexes_have_an_action(subject: Subject) -> Iterator[Finding]:
    """Only Query, Scan and their like have the resource type `index`."""
    if subject.grant.indexes is not None and not any(on_index(action) for action in subject.grant.actions):
        yield Finding(
            ("indexes",),
            f"`indexes` stands with {', '.join(subject.grant.actions)} alone, which never acts on an index",
            "allow `Query` or `Scan`, or leave `indexes` out",
        )


def items_can_be_limited(subject: Subject) -> Iterator[Finding]:
    """A limit on items is only as good as the action that carries its key (rule 45).

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    items = subject.grant.items
    limits = (
        ("leading_keys", items.leading_keys, "dynamodb:LeadingKeys"),
        ("attributes", items.attributes, "dynamodb:Attributes"),
    )
    for key, given, condition_key in limits:
        without = [action for action in subject.grant.actions if action not in with_key(condition_key) | WITHOUT_ITEMS]
        if given is not None and without:
            yield Finding(
                ("items", key),
                f"`{key}` can't limit {', '.join(without)}, which has no {condition_key}",
                f"leave {', '.join(without)} out of `allow`, or `{key}` out of `items`",
            )


def attributes_hold_the_key(subject: Subject) -> Iterator[Finding]:
    """Every request names the key's attributes, so a list without them refuses every request."""
    attributes, key = subject.grant.items.attributes, subject.grant.to.key or {}
    missing = [] if attributes is None else [name for name in key if name not in attributes]
    if missing:
        yield Finding(
            ("items", "attributes"),
            f"`attributes` leaves out the key's `{'`, `'.join(missing)}`, so every request would be denied",
            "add the key's attributes",
        )


def resource_policy_needs_no_role(subject: Subject) -> Iterator[Finding]:
    """With a table policy no role is assumed, so what speaks of a role or its session has no place."""
    if subject.grant.via is not Via.RESOURCE_POLICY:
        return
    without_role = "no role is assumed with `via: resource-policy`: leave it out, or use `via: assume-role`"
    if subject.grant.to.role is not None:
        yield Finding(("to", "role"), "`role` stands with `via: resource-policy`", without_role)
    if subject.grant.conditions.external_id is not None:
        why = "an external id is sent to AssumeRole alone"
        message = f"`external_id` stands with `via: resource-policy`, and {why}"
        yield Finding(("conditions", "external_id"), message, without_role)
    for key in subject.grant.session.model_fields_set:
        yield Finding(("session", key), f"`{key}` stands with `via: resource-policy`", without_role)
    for place, word in enumerate(subject.grant.allow):
        outside = [action for action in expand([word]) if action not in ACROSS_ACCOUNTS_BY_TABLE_POLICY]
        if outside:
            yield Finding(
                ("allow", place),
                f"`allow` names `{outside[0]}`, which a table's policy can't allow across accounts",
                "use `via: assume-role`, or leave it out",
            )


def key_is_beside_the_table(subject: Subject) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html."""
    key = subject.grant.encryption_key
    if key is None:
        return
    _, _, _, region, account, _ = key.split(":", 5)
    if account != subject.owner.id:
        yield Finding(
            ("encryption_key",),
            f"`encryption_key` is of account `{account}`, and the table of `{subject.owner.id}`",
            "a key of a third account needs that account's consent, which a grant between two can't derive",
        )
    if region != subject.owner.region:
        yield Finding(
            ("encryption_key",),
            f"`encryption_key` is in `{region}`, and the table in `{subject.owner.region}`",
            "a table's key is in the table's region",
        )


RULES: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    two_accounts,
    one_partition,
    function_is_made_or_has_a_role,
    execution_role_is_the_callers,
    role_names_fit,
    no_action_twice,
    indexes_have_an_action,
    items_can_be_limited,
    attributes_hold_the_key,
    resource_policy_needs_no_role,
    key_is_beside_the_table,
)


def check(file: FilePart) -> Iterator[Finding]:
    """Return everything that the rules find in a file whose shape is right."""
    roles: dict[tuple[str, str], str] = {}
    for name, grant in file.grants.items():
        unknown = tuple(_unknown_accounts(grant, file))
        findings = unknown or tuple(_findings(_subject(name, grant, file), roles))
        for found in findings:
            yield replace(found, key=("grants", name, *found.key))


def _unknown_accounts(grant: GrantPart, file: FilePart) -> Iterator[Finding]:
    for side, account in (("from", grant.from_.account), ("to", grant.to.account)):
        if account not in file.accounts:
            known = ", ".join(f"`{each}`" for each in file.accounts)
            help_ = did_you_mean(account, file.accounts) or f"the file has {known}"
            yield Finding((side, "account"), f"`account` names `{account}`, which is not under `accounts`", help_)


def _subject(name: str, grant: GrantPart, file: FilePart) -> Subject:
    return Subject(name, grant, file.accounts[grant.from_.account], file.accounts[grant.to.account])


def _findings(subject: Subject, roles: dict[tuple[str, str], str]) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(subject)
    if subject.grant.via is Via.ASSUME_ROLE:
        other = roles.setdefault((subject.owner.id, subject.role), subject.name)
        if other != subject.name:
            message = f"`role` is `{subject.role}` in the grants `{other}` and `{subject.name}`"
            yield Finding(("to", "role"), message, "give each grant a role of its own")
