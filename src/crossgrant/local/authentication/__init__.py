"""Who signed this request: Signature Version 4 in the header, verified against the stored secret.

In: a request as received, a key's secret, the real time. Out: nothing, or an `AuthenticationError` that names which of
AWS's refusals applies. No key passes without its signature.
"""

from crossgrant.local.authentication.refusals import AuthenticationError, Refusal, refusal_error
from crossgrant.local.authentication.signature import Authorization, authorization_of, verify

__all__ = ["AuthenticationError", "Authorization", "Refusal", "authorization_of", "refusal_error", "verify"]
