"""`crossgrant env`: shell lines that point the AWS CLI and the SDKs at the embedded accounts."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from typing import Annotated

import typer

from crossgrant.cli.ready_file import ReadyFile
from crossgrant.local.ready import NoGatewayError, ReadyGateway, read_ready

# Each of these would win over a profile.
# https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
OVERRIDING = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCOUNT_ID",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("env", help='Print shell lines for eval: `eval "$(crossgrant env)"`.')(env)


def env(
    account: Annotated[str | None, typer.Argument(help="The account whose operator to be.")] = None,
    ready_file: ReadyFile = None,
) -> None:
    """Print exports of the gateway's profiles, and unset what would win over them."""
    gateway = read_ready(ready_file)
    added, removed = changes(gateway, account, os.environ)
    for name in removed:
        typer.echo(f"unset {name}")
    for name, value in added.items():
        typer.echo(f"export {name}={shlex.quote(value)}")


def changes(
    gateway: ReadyGateway, account: str | None, environment: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return the variables to set, and the names of those to unset.

    Raises:
        NoGatewayError: the gateway embeds no such account.

    """
    profile = account or next(iter(gateway.accounts))
    if profile not in gateway.accounts:
        known = ", ".join(f"`{name}`" for name in gateway.accounts)
        raise NoGatewayError(f"`{profile}` is no account of the gateway", help=f"it has {known}")
    per_service = [name for name in environment if name.startswith("AWS_ENDPOINT_URL_")]
    no_proxy = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    added = {
        "AWS_CONFIG_FILE": str(gateway.config_file),
        "AWS_SHARED_CREDENTIALS_FILE": str(gateway.credentials_file),
        "AWS_PROFILE": profile,
        "NO_PROXY": no_proxy if "127.0.0.1" in no_proxy else f"{no_proxy},127.0.0.1".lstrip(","),
    }
    return added, [*OVERRIDING, *per_service]
