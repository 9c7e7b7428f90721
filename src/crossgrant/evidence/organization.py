"""An account's organization with its control policies, and its VPC endpoints."""

from __future__ import annotations

from dataclasses import replace

from crossgrant.evidence.answer import Answers, document, document_of
from crossgrant.evidence.snapshot import UNREAD, AccountSnapshot, AttachedPolicy, JsonObject, Known, Levels, VpcEndpoint

NO_ORGANIZATION = "AWSOrganizationsNotInUseException"


def with_organization(snapshot: AccountSnapshot, of: Answers) -> AccountSnapshot:
    """Return the snapshot with its organization and control policies, as far as these could be read."""
    answer = of.first("organizations:DescribeOrganization")
    if answer is None:
        return snapshot
    if answer.error == NO_ORGANIZATION:
        return replace(snapshot, organization_id=None, service_control=(), resource_control=())
    if answer.error:
        return replace(snapshot, organization_id=answer.unread)
    return replace(
        snapshot,
        organization_id=answer.response["Organization"]["Id"],
        service_control=_levels("SERVICE_CONTROL_POLICY", of),
        resource_control=_levels("RESOURCE_CONTROL_POLICY", of),
    )


def _levels(kind: str, of: Answers) -> Known[Levels]:
    """Return one kind of control policies; the calls stand in order, from the root to the account."""
    levels = []
    for answer in of.every("organizations:ListPoliciesForTarget", Filter=kind):
        if answer.error:
            return answer.unread
        levels.append(tuple(_control(each, of) for each in answer.response["Policies"]))
    return tuple(levels) if levels else UNREAD


def _control(member: JsonObject, of: Answers) -> AttachedPolicy:
    answer = of.first("organizations:DescribePolicy", PolicyId=member["Id"])
    known = document_of(answer, "Policy", "Content")
    return AttachedPolicy(member["Name"], known, member.get("Arn"))


def vpc_endpoints(of: Answers) -> Known[tuple[VpcEndpoint, ...]]:
    """Return the VPC endpoints with their policies."""
    answer = of.first("ec2:DescribeVpcEndpoints")
    if answer is None:
        return UNREAD
    if answer.error:
        return answer.unread
    return tuple(
        VpcEndpoint(
            each["VpcEndpointId"],
            each["VpcId"],
            each["ServiceName"].rpartition(".")[2],
            document(each["PolicyDocument"]) if "PolicyDocument" in each else UNREAD,
        )
        for each in answer.response["VpcEndpoints"]
    )
