"""Embedded accounts belong to no organization, and say so as AWS does."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from support.gateway import Gateway


@pytest.mark.parametrize("account", ["caller", "owner"])
def test_an_embedded_account_is_in_no_organization(account: str, gateway: Gateway) -> None:
    with pytest.raises(ClientError) as refused:
        gateway.client("organizations", account).describe_organization()
    assert refused.value.response["Error"]["Code"] == "AWSOrganizationsNotInUseException"
