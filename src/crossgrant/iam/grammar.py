"""Which elements each kind of policy holds, and AWS's texts for a document that breaks the rules.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html

AWS has two validators with their own texts: one for policies of an identity, one for policies that name principals.
"""

from __future__ import annotations

from typing import NamedTuple

from crossgrant.iam.kind import PolicyKind

CURRENT_VERSION = "2012-10-17"
OLD_VERSION = "2008-10-17"
STATEMENT_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)


class Texts(NamedTuple):
    """One validator's texts."""

    json: str
    version: str
    statement: str
    effect: str
    actions: str
    resources: str
    sid: str
    syntax: str


IDENTITY_TEXTS = Texts(
    json="Syntax errors in policy.",
    version="Syntax errors in policy.",
    statement="Syntax errors in policy.",
    effect="Syntax errors in policy.",
    actions="Policy statement must contain actions.",
    resources="Policy statement must contain resources.",
    sid="Statement IDs (SID) in a single policy must be unique.",
    syntax="Syntax errors in policy.",
)
PRINCIPAL_TEXTS = Texts(
    json="This policy contains invalid Json",
    version="The policy must contain a valid version string",
    statement="Could not parse the policy: Statement is empty!",
    effect="Missing required field Effect",
    actions="Missing required field Action",
    resources="Missing required field Resource",
    sid="The Statement Ids in the policy are not unique",
    syntax="Syntax error in policy.",
)


class Grammar(NamedTuple):
    """What a kind of policy holds.

    `short_arns` tells what becomes of a Resource with fewer than six parts (rule 48).
    """

    texts: Texts
    principal: bool
    resource: bool = True
    version_required: bool = False
    short_arns: str = "padded"


GRAMMARS = {
    PolicyKind.IDENTITY_BASED: Grammar(IDENTITY_TEXTS, principal=False),
    PolicyKind.PERMISSIONS_BOUNDARY: Grammar(IDENTITY_TEXTS, principal=False),
    PolicyKind.SESSION: Grammar(IDENTITY_TEXTS, principal=False),
    PolicyKind.SERVICE_CONTROL: Grammar(
        IDENTITY_TEXTS, principal=False, version_required=True, short_arns="padded with a wildcard, else refused"
    ),
    PolicyKind.RESOURCE_CONTROL: Grammar(PRINCIPAL_TEXTS, principal=True, version_required=True, short_arns="refused"),
    PolicyKind.RESOURCE_BASED: Grammar(PRINCIPAL_TEXTS, principal=True, short_arns="padded with a wildcard"),
    PolicyKind.KMS_KEY: Grammar(PRINCIPAL_TEXTS, principal=True, short_arns="padded with a wildcard"),
    PolicyKind.VPC_ENDPOINT: Grammar(PRINCIPAL_TEXTS, principal=True, short_arns="padded with a wildcard"),
    PolicyKind.TRUST: Grammar(PRINCIPAL_TEXTS, principal=True, resource=False),
}
