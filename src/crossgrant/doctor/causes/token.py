"""A token that is not recognised: incomplete credentials, or a Region that the token is not valid in."""

from __future__ import annotations

from crossgrant.doctor.cause import Finding, Found, Grade, Open, RuledOut
from crossgrant.doctor.inquiry import Inquiry

TEXT = "security token included in the request is invalid"

# Regions that every account has from the start; tokens of the global endpoint are valid in these.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
ALWAYS_ENABLED = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"),
        *("ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
    }
)


def _region(inquiry: Inquiry) -> str | None:
    arn = inquiry.table_arn or (inquiry.expected.function_arn if inquiry.expected else None)
    return arn.split(":")[3] if arn else None


def is_of_another_region(inquiry: Inquiry) -> Finding:
    """F27: a global token in an opt-in Region."""
    if TEXT not in inquiry.parsed.plain:
        return RuledOut("the token was recognised")
    region = _region(inquiry)
    if region in ALWAYS_ENABLED:
        return RuledOut(f"{region} takes the tokens of every endpoint")
    return Open(f"{region} is opt-in" if region else "the Region is not in the text")


def is_missing(inquiry: Inquiry) -> Finding:
    """F52: the session token was not passed."""
    if TEXT not in inquiry.parsed.plain:
        return RuledOut("the token was recognised")
    if _region(inquiry) in ALWAYS_ENABLED:
        return Found("the text says so, and the Region takes every token", "the text", grade=Grade.REPORTED)
    return Open("F27 has the same text")


TESTS = (("F27", is_of_another_region), ("F52", is_missing))
