"""IAM's policy language: documents in, a decision out.

In: policy documents (`parse_policy`), who asks for what (`Request`), what is attached (`PolicySet`).
Out: an `Evaluation`: the decision, what decided, and on request the trace, AWS's denial text and explanation.
Pure values: no files, no clock, no network; nothing is fetched, and a denial is a value, not an exception.

document → statement → elements, conditions → layers (a file each) → evaluate, which alone knows their order.
"""

from crossgrant.iam.arn import Arn
from crossgrant.iam.context import ContextValue, RequestContext
from crossgrant.iam.decision import DecidedBy, Decision, Layer, NotEvaluated
from crossgrant.iam.denial import denial_message
from crossgrant.iam.document import PolicyDocument
from crossgrant.iam.evaluate import Evaluation, evaluate
from crossgrant.iam.explanation import conditions_json, evaluation_json
from crossgrant.iam.facts import Request
from crossgrant.iam.kind import PolicyKind
from crossgrant.iam.malformed import MalformedPolicyDocumentError
from crossgrant.iam.parse import parse_policy
from crossgrant.iam.policy import Policy, PolicySet
from crossgrant.iam.principal import InvalidPrincipalError, Principal, PrincipalType
from crossgrant.iam.template import Unresolved

__all__ = [
    "Arn",
    "ContextValue",
    "DecidedBy",
    "Decision",
    "Evaluation",
    "InvalidPrincipalError",
    "Layer",
    "MalformedPolicyDocumentError",
    "NotEvaluated",
    "Policy",
    "PolicyDocument",
    "PolicyKind",
    "PolicySet",
    "Principal",
    "PrincipalType",
    "Request",
    "RequestContext",
    "Unresolved",
    "conditions_json",
    "denial_message",
    "evaluate",
    "evaluation_json",
    "parse_policy",
]
