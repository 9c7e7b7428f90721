"""`crossgrant table load NAME FILE` and `table dump NAME [FILE]`: a table's items and files, through the API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from crossgrant.cli.ready_file import ReadyFile
from crossgrant.errors import CrossgrantError

Name = Annotated[str, typer.Argument(help="The table's name or ARN.", metavar="NAME")]
Account = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="An embedded account, as its operator; by default what the AWS CLI uses."),
]
Profile = Annotated[str | None, typer.Option(metavar="NAME", help="An AWS profile.")]
Region = Annotated[str | None, typer.Option(metavar="REGION", help="The table's Region.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(no_args_is_help=True, help="Load a table's items from a file, or dump them to one.")
    commands.command("load", help="Put every item of a file into a table; go on where an earlier load stopped.")(load)
    commands.command("dump", help="Write every item of a table to a file, or to standard output.")(dump)
    app.add_typer(commands, name="table")


def load(
    name: Name,
    file: Annotated[Path, typer.Argument(help="JSON Lines (plain or DynamoDB JSON), or CSV.", metavar="FILE")],
    account: Account = None,
    profile: Profile = None,
    region: Region = None,
    restart: Annotated[bool, typer.Option("--restart", help="Begin at the first line again.")] = False,
    ready_file: ReadyFile = None,
) -> None:
    """Load, with a bar on standard error."""
    from crossgrant.cli.table_load import load_items  # noqa: PLC0415 - boto3 and rich take their time

    count = load_items(client(account, profile, region, ready_file), name, file, restart=restart)
    typer.echo(f"put {count:,} items into {name}")


def dump(
    name: Name,
    file: Annotated[Path | None, typer.Argument(help="The file; by default standard output.", metavar="[FILE]")] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="dynamodb-json|plain|csv", help="Only dynamodb-json holds every type.")
    ] = "dynamodb-json",
    account: Account = None,
    profile: Profile = None,
    region: Region = None,
    ready_file: ReadyFile = None,
) -> None:
    """Dump, with a count on standard error; a file is there whole or not at all."""
    from crossgrant.cli.item_files import FORMATS  # noqa: PLC0415 - as below
    from crossgrant.cli.table_dump import dump_items  # noqa: PLC0415 - boto3 and rich take their time

    if form not in FORMATS:
        raise CrossgrantError(f"`{form}` is no format", help=f"it is {', '.join(FORMATS)}")
    count = dump_items(client(account, profile, region, ready_file), name, file, form)
    typer.echo(f"wrote {count:,} items of {name}", err=file is None)


def client(account: str | None, profile: str | None, region: str | None, ready_file: Path | None) -> Any:
    """Return a DynamoDB client of an embedded account, of a profile, or of what the environment names."""
    import boto3  # noqa: PLC0415 - takes a quarter of a second
    import botocore.exceptions  # noqa: PLC0415 - as above
    import botocore.session  # noqa: PLC0415 - as above
    from botocore.config import Config  # noqa: PLC0415 - as above

    if account and profile:
        raise CrossgrantError("--account and --profile name two accounts", help="use one of them")
    settings = Config(
        retries={"mode": "standard", "max_attempts": 8}, parameter_validation=False, max_pool_connections=16
    )
    core = botocore.session.Session(profile=account or profile)
    endpoint = None
    if account:
        from crossgrant.local.ready import read_ready  # noqa: PLC0415 - only for embedded accounts

        gateway = read_ready(ready_file)
        if account not in gateway.accounts:
            raise CrossgrantError(
                f"`{account}` is no account of the gateway", help=f"it has {', '.join(gateway.accounts)}"
            )
        core.set_config_variable("config_file", str(gateway.config_file))
        core.set_config_variable("credentials_file", str(gateway.credentials_file))
        settings = settings.merge(Config(proxies={}))
        # Whatever AWS_ENDPOINT_URL and AWS_DEFAULT_REGION name.
        endpoint, region = gateway.endpoint, region or gateway.region
    try:
        session: Any = boto3.Session(botocore_session=core, region_name=region)
        return session.client("dynamodb", config=settings, endpoint_url=endpoint)
    except botocore.exceptions.BotoCoreError as error:
        raise CrossgrantError(str(error), help="name --account, or a --profile and its --region") from None
