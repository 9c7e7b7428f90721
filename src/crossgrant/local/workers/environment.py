"""The environment variables of a worker: those that Lambda defines, the function's own, and nothing of the user's.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
"""

from dataclasses import dataclass
from pathlib import Path

from crossgrant.local.workers.deployment import Credentials, Deployment

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime: a function may
# not define these itself.
RESERVED = frozenset(
    (
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    )
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a worker finds around it: addresses, folders, and where its log goes."""

    endpoint: str
    """The gateway's URL."""
    runtime_api: str
    """Host and port."""
    folder: Path
    """The worker's own; holds its code and its temporary files."""
    runtime_folder: Path
    log_stream: str
    log_descriptor: int


def worker_environment(deployment: Deployment, credentials: Credentials, surroundings: Surroundings) -> dict[str, str]:
    """Return all the variables that a worker of `deployment` starts with."""
    folder = surroundings.folder
    changeable = {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(surroundings.runtime_folder),
        "AWS_ENDPOINT_URL": surroundings.endpoint,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        # Lambda's HOME and /tmp belong to the execution environment, so here they are folders of the worker.
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
    }
    defined = {
        "_HANDLER": deployment.handler,
        "AWS_DEFAULT_REGION": deployment.region,
        "AWS_REGION": deployment.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{deployment.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": deployment.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(deployment.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": deployment.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": deployment.logging.group,
        "AWS_LAMBDA_LOG_STREAM_NAME": surroundings.log_stream,
        "AWS_LAMBDA_LOG_FORMAT": deployment.logging.format,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_LAMBDA_RUNTIME_API": surroundings.runtime_api,
        "LAMBDA_TASK_ROOT": str(folder / "task"),
        "LAMBDA_RUNTIME_DIR": str(surroundings.runtime_folder),
        "_LAMBDA_TELEMETRY_LOG_FD": str(surroundings.log_descriptor),
    }
    if deployment.logging.application_level is not None:
        defined["AWS_LAMBDA_LOG_LEVEL"] = deployment.logging.application_level
    return changeable | dict(deployment.environment) | defined
