"""Resource control policies: those of the resource's account, at every level (rules 12-14).

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.layers.resource import TRUST_ACTIONS
from crossgrant.iam.policy import Policies
from crossgrant.iam.principal import is_service_linked

# The services whose actions RCPs restrict, October 2026 (rule 14).
SERVICES = frozenset(
    [
        "aoss",
        "appconfig",
        "appstream",
        "autoscaling",
        "autoscaling-plans",
        "budgets",
        "clouddirectory",
        "cloudfront",
        "cloudsearch",
        "cloudtrail-data",
        "codeartifact",
        "codebuild",
        "codecommit",
        "codepipeline",
        "cognito-identity",
        "cognito-idp",
        "comprehend",
        "comprehendmedical",
        "compute-optimizer",
        "cost-optimization-hub",
        "dax",
        "dsql",
        "dynamodb",
        "ecr",
        "ecr-public",
        "events",
        "firehose",
        "fis",
        "fms",
        "gamelift",
        "health",
        "inspector-scan",
        "kendra",
        "kinesisvideo",
        "kms",
        "logs",
        "memorydb",
        "networkmonitor",
        "notifications",
        "opensearch",
        "pca-connector-ad",
        "personalize",
        "polly",
        "pricing",
        "resource-groups",
        "rolesanywhere",
        "s3",
        "secretsmanager",
        "servicediscovery",
        "signin",
        "sqs",
        "sts",
        "support",
        "swf",
        "textract",
        "timestream-influxdb",
        "transcribe",
        "transfer",
        "translate",
        "wafv2",
        "workspaces",
        "xray",
    ]
)
# Not restricted by RCPs: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
_EXEMPT = "kms:retiregrant"


def checks(levels: tuple[Policies, ...], facts: Facts) -> list[Check]:
    """Return a check for each level; RCPFullAWSAccess is implied at every one, so only a Deny counts."""
    if facts.principal.service_linked or not _restricts(facts):
        return []
    return [check(Layer.RESOURCE_CONTROL, policies, facts, implied=True) for policies in levels]


def _restricts(facts: Facts) -> bool:
    """Return whether RCPs bear on the action; a service-linked role's trust policy is exempt (rule 13)."""
    service = facts.action.partition(":")[0]
    if service not in SERVICES or facts.action == _EXEMPT:
        return False
    return not (facts.action in TRUST_ACTIONS and is_service_linked(facts.resource))
