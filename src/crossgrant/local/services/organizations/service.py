"""DescribeOrganization: the answer of an account that belongs to no organization, so that readers need not guess."""

from __future__ import annotations

from typing import Any

from crossgrant.local.operation import Access, Call, Need, Operation, Output, Service, ServiceError


def _needs(call: Call, _: dict[str, Any]) -> tuple[Need, ...]:
    return (Need("organizations:DescribeOrganization", "*", call.account_id),)


def _describe_organization(_: Call, _input: dict[str, Any]) -> Output:
    raise ServiceError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")


SERVICE = Service(
    name="organizations",
    model="organizations",
    operations={
        "DescribeOrganization": Operation(
            "DescribeOrganization",
            frozenset(),
            lambda call: call.input,
            _needs,
            _describe_organization,
            Access.READS,
        )
    },
)
