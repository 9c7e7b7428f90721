"""What a single value of the grant file may be: each form once, with AWS's page and what is said of another value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from crossgrant.grants.actions import AUTHORISED_AS, GROUPS, dynamodb_actions, table_actions
from crossgrant.grants.nearest import did_you_mean

LONGEST_CHAINED_SESSION = 3600
SHORTEST_SESSION = 900
MOST_TAGS = 50


def refusal(message: str, help: str | None = None) -> PydanticCustomError:  # noqa: A002 - the reader's word for it
    """Return the error that carries a message of ours, and its help, through pydantic."""
    return PydanticCustomError("refused", "{message}", {"message": message, "help": help})


@dataclass(frozen=True, slots=True)
class Form:
    """Text of one form, as AWS takes it there."""

    pattern: re.Pattern[str]
    what: str
    help: str | None = None

    def __call__(self, value: str, info: ValidationInfo) -> str:
        """Return `value` if it has the form."""
        if self.pattern.fullmatch(value) is None:
            raise refusal(f"`{info.field_name}` holds `{value}`, expected {self.what}", self.help)
        return value


def _form(pattern: str, what: str, help: str | None = None) -> AfterValidator:  # noqa: A002 - as in `refusal`
    return AfterValidator(Form(re.compile(pattern, re.ASCII), what, help))


def _account_id(value: object) -> object:
    """Refuse a number: YAML drops its leading zeros, or reads it as octal."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise refusal(
            f"`id` is the YAML number `{value}`, and a number loses its leading zeros",
            f'quote the 12 digits: "{value:012d}"',
        )
    return value


def _action(name: str) -> str:
    """Refuse what is no IAM action of DynamoDB on a table, and say what it should have been."""
    if name in GROUPS or name in table_actions():
        return name
    if name in AUTHORISED_AS:
        raise refusal(
            f"`allow` names `{name}`, an API operation without an IAM action of its own",
            f"name the actions that it is authorised as: {', '.join(AUTHORISED_AS[name])}",
        )
    if "*" in name or "?" in name:
        raise refusal(f"`allow` names `{name}`, a wildcard", "a grant names each action, or `read` or `write`")
    if name.startswith("dynamodb:"):
        raise refusal(f"`allow` names `{name}`, which repeats the service", f"write `{name.removeprefix('dynamodb:')}`")
    if name in dynamodb_actions():
        raise refusal(f"`allow` names `{name}`, which acts on no table", "a grant is about one table: leave it out")
    raise refusal(
        f"`allow` names `{name}`, which is no DynamoDB action", did_you_mean(name, (*GROUPS, *table_actions()))
    )


_DATE_FORMS = "write it as 2027-06-30 or 2027-06-30T12:00:00Z"


def _moment(value: object) -> object:
    """Read a date as its first moment, and every time in UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise refusal(f"`expires` holds `{value}`, expected a date", _DATE_FORMS) from None
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        try:
            return datetime.fromtimestamp(moment.timestamp(), UTC).replace(microsecond=0)
        except (OverflowError, ValueError):
            raise refusal(f"`expires` holds `{value}`, expected a date", _DATE_FORMS) from None
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value


def _not_over(value: datetime, info: ValidationInfo) -> datetime:
    assert info.context is not None
    if value <= info.context["now"]:
        raise refusal(f"`expires` is past: {value:%Y-%m-%d %H:%M} UTC", "give a later date, or remove the grant")
    return value


def _duration(value: int) -> int:
    """Hold the session between AWS's minimum and the limit on role chaining (rule 49).

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
    """
    if value > LONGEST_CHAINED_SESSION:
        raise refusal(
            f"`duration` is {value} seconds, over {LONGEST_CHAINED_SESSION}",
            "the function runs as a role already, and a role assumed from a role (role chaining) lasts one hour at "
            "most, whatever the role's own maximum is",
        )
    if value < SHORTEST_SESSION:
        raise refusal(f"`duration` is {value} seconds, under {SHORTEST_SESSION}", "STS gives 15 minutes or more")
    return value


AccountId = Annotated[str, BeforeValidator(_account_id), _form(r"\d{12}", "the 12 digits of an account id")]
Region = Annotated[str, _form(r"[a-z]{2,4}(-[a-z]+)+-\d", "a region", "for example us-east-1")]
GrantName = Annotated[
    str, _form(r"[A-Za-z][A-Za-z0-9-]{0,99}", "a grant's name", "letters, digits and hyphens, a letter first")
]
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
FunctionName = Annotated[
    str, _form(r"[A-Za-z0-9_-]{1,64}", "a function's name", "its name alone: up to 64 letters, digits, - and _")
]
Handler = Annotated[str, _form(r"[^\s]{1,128}", "a handler", "for example app.lambda_handler")]
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
RoleName = Annotated[str, _form(r"[\w+=,.@-]+", "a role's name", "its name alone: letters, digits and _+=,.@-")]
RoleArn = Annotated[
    str,
    _form(
        r"arn:aws[a-z-]*:iam::\d{12}:role/([\x21-\x7e]+/)?[\w+=,.@-]{1,64}",
        "the ARN of a role",
        "for example arn:aws:iam::111111111111:role/service-role/orders-api, with its path",
    ),
]
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
TableName = Annotated[
    str, _form(r"[A-Za-z0-9_.-]{3,255}", "a table's name", "its name alone: 3 to 255 letters, digits, _, - and .")
]
IndexName = Annotated[str, _form(r"[A-Za-z0-9_.-]{3,255}", "an index's name", "3 to 255 letters, digits, _, - and .")]
Action = Annotated[str, AfterValidator(_action)]
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
OrganizationId = Annotated[str, _form(r"o-[a-z0-9]+", "an organization's id", "for example o-a1b2c3d4e5")]
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
ExternalId = Annotated[str, _form(r"[\w+=,.@:/-]{2,1224}", "an external id", "2 to 1224 letters, digits and _+=,.@:/-")]
SourceIdentity = Annotated[
    str,
    _form(
        r"(?!aws:)[\w+=,.@-]{2,256}",
        "a source identity",
        "2 to 256 letters, digits and _+=,.@-, and not beginning with aws:",
    ),
]
TagKey = Annotated[
    str, _form(r"(?!(?i:aws:))[\w .:/=+@-]{1,128}", "a session tag's key", "up to 128 characters, not aws:")
]
TagValue = Annotated[str, _form(r"[\w .:/=+@-]{0,256}", "a session tag's value", "up to 256 characters")]
# https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN
KeyArn = Annotated[
    str,
    _form(
        r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+",
        "the ARN of a KMS key",
        "a policy needs the key's own ARN: an alias does not work there",
    ),
]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_not_over)]
Duration = Annotated[int, AfterValidator(_duration)]
