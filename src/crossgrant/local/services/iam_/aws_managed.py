"""The AWS managed policies that can be attached in an embedded account, with AWS's documents.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

from typing import Any

_VERSION = "2012-10-17"


def _allow(*actions: str) -> dict[str, Any]:
    return {
        "Version": _VERSION,
        "Statement": [
            {"Effect": "Allow", "Action": list(actions) if len(actions) > 1 else actions[0], "Resource": "*"}
        ],
    }


AWS_MANAGED_POLICIES: dict[str, dict[str, Any]] = {
    "arn:aws:iam::aws:policy/AdministratorAccess": _allow("*"),
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": _allow(
        "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"
    ),
    "arn:aws:iam::aws:policy/IAMReadOnlyAccess": _allow(
        "iam:GenerateCredentialReport",
        "iam:GenerateServiceLastAccessedDetails",
        "iam:Get*",
        "iam:List*",
        "iam:SimulateCustomPolicy",
        "iam:SimulatePrincipalPolicy",
    ),
}
