"""Whether a caller may: every need of a call becomes one request to `crossgrant.iam`.

In: a `Call` and its needs. Out: an evaluation of each, and AWS's denial where one isn't allowed.
"""

from crossgrant.local.authorization.authorize import Refused, authorize, policy_set_of
from crossgrant.local.authorization.context import context_of

__all__ = ["Refused", "authorize", "context_of", "policy_set_of"]
