"""Function workers: subprocesses that run deployed code behind Lambda's Runtime API.

In: a `Deployment` (one revision of a function), its zip archive, the execution role's temporary credentials, and an
`Invocation`. Out: an `Outcome`, as Lambda would return it, and log events. `WorkerPool` is the way in; a `Worker` is
one execution environment; `runtime/` is what runs inside it, under the Python that the function names.

A worker is no sandbox: it is a process of the same user with a scrubbed environment and HOME, its own folder, its own
packages, and limits on time and resident memory. Nothing here knows requests, accounts or the database.
"""

from crossgrant.local.workers.deployment import Credentials, Deployment, Invocation, Logging, Outcome
from crossgrant.local.workers.deployment_package import BadPackageError, PackageTooLargeError, check_package
from crossgrant.local.workers.environment import RESERVED
from crossgrant.local.workers.log_decoder import LogEvent
from crossgrant.local.workers.pool import TooManyWorkersError, WorkerPool
from crossgrant.local.workers.worker import Worker

__all__ = [
    "RESERVED",
    "BadPackageError",
    "Credentials",
    "Deployment",
    "Invocation",
    "LogEvent",
    "Logging",
    "Outcome",
    "PackageTooLargeError",
    "TooManyWorkersError",
    "Worker",
    "WorkerPool",
    "check_package",
]
