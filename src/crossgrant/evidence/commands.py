"""The read-only AWS CLI commands that show one part of an account, for the team that holds its credentials."""

from __future__ import annotations

from collections.abc import Iterable
from shlex import quote

IDENTITY = "aws sts get-caller-identity --output json"
ORGANIZATION = "aws organizations describe-organization --output json"


def role(name: str) -> tuple[str, ...]:
    """Show whether a role exists, its trust policy, unique id, boundary and limits."""
    return (f"aws iam get-role --role-name {quote(name)} --output json",)


def role_policies(name: str) -> tuple[str, ...]:
    """Show every policy of a role, inline and managed."""
    of = f"--role-name {quote(name)}"
    inline = f"aws iam list-role-policies {of} --query 'PolicyNames[]' --output text"
    attached = f"aws iam list-attached-role-policies {of} --query 'AttachedPolicies[].PolicyArn' --output text"
    default = 'aws iam get-policy --policy-arn "$arn" --query Policy.DefaultVersionId --output text'
    version = f'aws iam get-policy-version --policy-arn "$arn" --version-id "$({default})" --output json'
    return (
        f"aws iam list-role-policies {of} --output json",
        f"aws iam list-attached-role-policies {of} --output json",
        f'for name in $({inline}); do aws iam get-role-policy {of} --policy-name "$name" --output json; done',
        f"for arn in $({attached}); do {version}; done",
    )


def function(arn: str) -> tuple[str, ...]:
    """Show a function's role, environment, timeout and VPC."""
    return (f"aws lambda get-function-configuration --function-name {quote(arn)} --output json",)


def table(arn: str) -> tuple[str, ...]:
    """Show whether a table exists, its key, indexes, encryption and policy."""
    region, name = arn.split(":")[3], arn.rpartition("/")[2]
    return (
        f"aws dynamodb describe-table --table-name {quote(name)} --region {region} --output json",
        f"aws dynamodb get-resource-policy --resource-arn {quote(arn)} --region {region} --output json",
    )


def key(arn: str) -> tuple[str, ...]:
    """Show a KMS key's state and policy."""
    return (
        f"aws kms describe-key --key-id {quote(arn)} --output json",
        f"aws kms get-key-policy --key-id {quote(arn)} --policy-name default --output json",
    )


def script(commands: Iterable[str], file: str) -> str:
    """Return the script that writes the commands' answers to `file`, which `crossgrant why` reads back."""
    lines = "\n".join(dict.fromkeys((IDENTITY, *commands)))
    return f"sh -x > {file} 2>&1 <<'END'\n{lines}\nEND"
