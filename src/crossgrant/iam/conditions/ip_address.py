"""IP address operators: CIDR ranges of IPv4 and IPv6; an address alone is a range of one (rule 29).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from crossgrant.iam.conditions.operator import Operator, plain
from crossgrant.iam.remember import remember
from crossgrant.iam.truth import Unreadable
from crossgrant.iam.wildcard import Token


@remember
def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise Unreadable(f"`{text}` isn't an IP address range") from None


@remember
def _address(text: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(text)
    except ValueError:
        raise Unreadable(f"`{text}` isn't an IP address") from None


def _expected(tokens: tuple[Token, ...]) -> IPv4Network | IPv6Network:
    return _network(plain(tokens))


def address_is_in(network: IPv4Network | IPv6Network, address: IPv4Address | IPv6Address) -> bool:
    """Return whether the range holds the address; an address of the other version is in none."""
    return address in network


OPERATORS = (
    Operator("IpAddress", _expected, _address, address_is_in),
    Operator("NotIpAddress", _expected, _address, address_is_in, negated=True),
)
