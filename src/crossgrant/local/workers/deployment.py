"""What a worker is made from: values alone, no state of the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """Temporary credentials of the execution role."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expires: float
    """Seconds since 1970, by the gateway's clock."""


@dataclass(frozen=True, slots=True)
class Logging:
    """Where and how a function logs, as its LoggingConfig says."""

    group: str
    format: str = "Text"
    application_level: str | None = None
    """Given with the JSON format only."""

    @property
    def is_json(self) -> bool:
        """Return whether records and the platform's own lines are JSON."""
        return self.format == "JSON"


@dataclass(frozen=True, slots=True)
class Deployment:
    """One revision of a function: a worker serves one and no other."""

    function_arn: str
    function_name: str
    account_id: str
    region: str
    revision_id: str
    runtime: str
    handler: str
    timeout: int
    """Seconds."""
    memory_size: int
    """Mebibytes."""
    environment: Mapping[str, str]
    logging: Logging
    version: str = "$LATEST"


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event for a function."""

    request_id: str
    payload: bytes
    invoked_function_arn: str
    client_context: str | None = None
    """JSON text."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to."""

    payload: bytes
    function_error: bool = False
    log_tail: bytes = b""
    """The end of the invocation's log, when it was asked for."""
