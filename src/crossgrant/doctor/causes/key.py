"""The table's encryption key: DynamoDB decrypts with the permissions of whoever reads.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
"""

from __future__ import annotations

from crossgrant.doctor.cause import Finding, Found, Open, RuledOut, Side
from crossgrant.doctor.causes.identity import allowing
from crossgrant.doctor.hop import evaluate_hop
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.evidence import Key, NotRead, Role
from crossgrant.iam import PolicyKind, RequestContext

DECRYPT = "kms:Decrypt"


def refuses_the_reader(inquiry: Inquiry) -> Finding:
    """F40: the customer managed key is off, or does not let the reader decrypt."""
    if inquiry.hop not in (Hop.READ, Hop.DIRECT):
        return RuledOut("no table is read in this call")
    if inquiry.parsed.layer and "kms" not in inquiry.parsed.plain.lower():
        return RuledOut("the text names a policy of the call itself")
    key = inquiry.key
    if key is None:
        return RuledOut("the table is under the AWS owned key")
    if isinstance(key, NotRead):
        return (
            RuledOut("the text does not speak of a key")
            if inquiry.denied
            else Open("the table's key was not read", (key,))
        )
    if key.enabled is False:
        return Found(f"{key.arn} is disabled", "kms:DescribeKey Enabled")
    if key.aws_managed is True:
        return RuledOut("the table is under an AWS managed key")
    return _decision(inquiry, key)


def _decision(inquiry: Inquiry, key: Key) -> Finding:
    role = inquiry.role if inquiry.hop is Hop.READ else inquiry.execution_role
    table_hop = inquiry.evaluation
    if table_hop is None:
        return RuledOut("the call is not evaluated")
    region = key.arn.split(":")[3]
    context = RequestContext.of({"kms:ViaService": f"dynamodb.{region}.amazonaws.com"}, complete=False)
    hop = evaluate_hop(
        principal=table_hop.request.principal,
        action=DECRYPT,
        resource=key.arn,
        context=context,
        role=role,
        service_control=(inquiry.owner if inquiry.hop is Hop.READ else inquiry.caller).service_control,
        resource_policy=key.policy,
        resource_kind=PolicyKind.KMS_KEY,
        resource_control=inquiry.owner.resource_control,
    )
    if not hop.denied:
        return (
            Open("the key's policies were not read whole", tuple(hop.unread.values()))
            if hop.unread
            else RuledOut("the reader may decrypt")
        )
    condition = {"StringLike": {"kms:ViaService": "dynamodb.*.amazonaws.com"}}
    fix = (
        allowing(Side.OWNER, role, DECRYPT, key.arn, condition)
        if isinstance(role, Role) and inquiry.hop is Hop.READ
        else None
    )
    return Found(
        f"{DECRYPT} on {key.arn} is not allowed to the reader", "the key's policy and the role's policies", fix=fix
    )


def is_managed_by_aws(inquiry: Inquiry) -> Finding:
    """F41: across accounts, without a role, the AWS managed key can't be used."""
    if inquiry.hop is not Hop.DIRECT:
        return RuledOut("the table is not read across accounts by its policy")
    key = inquiry.key
    if isinstance(key, NotRead):
        return Open("the table's key was not read", (key,))
    if key is None or key.aws_managed is not True:
        return RuledOut("the table is not under the AWS managed key")
    return Found(f"{key.arn} is AWS managed", "kms:DescribeKey KeyManager")


TESTS = (("F41", is_managed_by_aws), ("F40", refuses_the_reader))
