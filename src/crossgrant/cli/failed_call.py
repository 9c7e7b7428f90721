"""A call to DynamoDB that failed, as one clear error."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError

from crossgrant.errors import CrossgrantError

_HELP = {
    "AccessDeniedException": "give this message to `crossgrant why`",
    "ResourceNotFoundException": "create the table first, or name its account and Region",
    "UnrecognizedClientException": "name --account, or a --profile whose keys are of the accounts that answer here",
}


def failed_call(error: ClientError | BotoCoreError) -> CrossgrantError:
    """Return the error of a call, with what to do about it."""
    if isinstance(error, ClientError):
        return CrossgrantError(str(error), help=_HELP.get(error.response["Error"]["Code"]))
    if isinstance(error, EndpointConnectionError):
        return CrossgrantError(str(error), help="start the gateway with `crossgrant up`, or mend the endpoint")
    if isinstance(error, NoCredentialsError):
        return CrossgrantError(str(error), help="name --account or --profile")
    return CrossgrantError(str(error))
