"""The embedded services and their models, each loaded when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module

from crossgrant.local.gateway.json_protocol import JsonProtocol
from crossgrant.local.gateway.model import ServiceModel, load_model
from crossgrant.local.gateway.query_protocol import QueryProtocol
from crossgrant.local.gateway.rest_json_protocol import RestJsonProtocol
from crossgrant.local.gateway.wire import WireProtocol
from crossgrant.local.operation import Service
from crossgrant.local.services.crossgrant_.model import MODEL as CROSSGRANT_MODEL

# The module of each signing name, and what a request to it looks like when it isn't signed.
MODULES = {
    "sts": "crossgrant.local.services.sts.service",
    "iam": "crossgrant.local.services.iam_.service",
    "dynamodb": "crossgrant.local.services.dynamodb.service",
    "lambda": "crossgrant.local.services.lambda_.service",
    "logs": "crossgrant.local.services.logs.service",
    "organizations": "crossgrant.local.services.organizations.service",
    "crossgrant": "crossgrant.local.services.crossgrant_.service",
}
TARGET_PREFIXES = {
    "DynamoDB_20120810": "dynamodb",
    "Logs_20140328": "logs",
    "AWSOrganizationsV20161128": "organizations",
    "Crossgrant_20261124": "crossgrant",
}
# What is signed as an embedded service and isn't served.
NOT_SERVED = {"DynamoDBStreams_20120810": "DynamoDB Streams: a table's stream is stored and shown, and has no records"}
API_VERSIONS = {"2011-06-15": "sts", "2010-05-08": "iam"}
# Each of Lambda's operations stands under the version that brought it.
PATH_PREFIXES = (
    *("/2014-11-13/", "/2015-03-31/", "/2017-03-31/", "/2017-10-31/", "/2018-10-31/", "/2019-09-25/"),
    *("/2019-09-30/", "/2020-04-22/", "/2020-06-30/", "/2021-07-20/", "/2021-10-31/", "/2021-11-15/"),
)

_PROTOCOLS: dict[str, WireProtocol] = {
    "query": QueryProtocol(),
    "json": JsonProtocol(),
    "rest-json": RestJsonProtocol(),
}


@dataclass(frozen=True, slots=True)
class Embedded:
    """A service with its model and the protocol it speaks."""

    service: Service
    model: ServiceModel
    protocol: WireProtocol


@cache
def embedded(name: str) -> Embedded:
    """Return the embedded service with that signing name."""
    service: Service = import_module(MODULES[name]).SERVICE
    model = ServiceModel(CROSSGRANT_MODEL) if name == "crossgrant" else load_model(service.model)
    return Embedded(service, model, _PROTOCOLS[model.protocol])
