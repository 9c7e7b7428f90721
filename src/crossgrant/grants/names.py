"""The names and ARNs that follow from a grant.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

from __future__ import annotations

from crossgrant.grants.model import Account, Function, Grant

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LONGEST_ROLE_NAME = 64

_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))  # a region's prefix, and its partition


def partition_of(region: str) -> str:
    """Return the partition that `region` lies in."""
    return next((partition for prefix, partition in _PARTITIONS if region.startswith(prefix)), "aws")


def execution_role_name(function: str) -> str:
    """Return the name of the role that crossgrant makes for a function."""
    return f"{function}-exec"


def policy_name(grant: str) -> str:
    """Return the name of the inline policies that a grant puts on a role."""
    return f"crossgrant-{grant}"


def role_arn(account: Account, name: str) -> str:
    """Return the ARN of a role of `account` without a path."""
    return f"arn:{partition_of(account.region)}:iam::{account.id}:role/{name}"


def root_arn(account: Account) -> str:
    """Return the ARN that stands for the whole of `account`."""
    return f"arn:{partition_of(account.region)}:iam::{account.id}:root"


def function_arn(account: Account, function: Function) -> str:
    """Return the function's unqualified ARN, which lambda:SourceFunctionArn holds."""
    return f"arn:{partition_of(account.region)}:lambda:{account.region}:{account.id}:function:{function.name}"


def log_group(function: Function) -> str:
    """Return the name of the log group that Lambda writes to."""
    return f"/aws/lambda/{function.name}"


def log_group_arn(account: Account, function: Function) -> str:
    """Return the ARN of the function's log group."""
    return f"arn:{partition_of(account.region)}:logs:{account.region}:{account.id}:log-group:{log_group(function)}"


def table_arn(grant: Grant) -> str:
    """Return the ARN of the grant's table."""
    owner = grant.owner
    return f"arn:{partition_of(owner.region)}:dynamodb:{owner.region}:{owner.id}:table/{grant.table.name}"


def execution_role_arn(grant: Grant) -> str:
    """Return the ARN of the role that the function runs as, with its path."""
    given = grant.function.execution_role
    return role_arn(grant.caller, execution_role_name(grant.function.name)) if given is None else given


def function_session_arn(grant: Grant) -> str:
    """Return the ARN of the session that Lambda opens for the function; a session's ARN has no path."""
    role = execution_role_arn(grant).rpartition("/")[2]
    partition, account = partition_of(grant.caller.region), grant.caller.id
    return f"arn:{partition}:sts::{account}:assumed-role/{role}/{grant.function.name}"
