"""The only place that acts: every act of the story becomes one signed request to the gateway."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, assert_never

import boto3
import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, WaiterError
from botocore.httpsession import URLLib3Session

from crossgrant.demo.gateway import Gateway
from crossgrant.demo.outcome import Failed, Outcome, Succeeded, failure, of_invocation
from crossgrant.demo.step import Act, AdvanceClock, Call, Wait
from crossgrant.demo.wire import parameters_for_boto3

OPERATOR = "owner"  # whose profile asks the gateway what it decided
_ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60, proxies={})
_POLL = {"Delay": 1, "MaxAttempts": 60}  # the first look comes at once
_OPERATIONS = "Crossgrant_20261124"  # the target prefix of crossgrant's own operations


@dataclass(slots=True)
class Performer:
    """Performs acts as the identities of one gateway."""

    gateway: Gateway
    _clients: dict[tuple[str, str], BaseClient] = field(default_factory=dict)
    _sessions: dict[str, botocore.session.Session] = field(default_factory=dict)

    def perform(self, acts: Iterable[Act]) -> Outcome:
        """Perform acts in order, up to the first that fails; return what the last one ended in."""
        outcome: Outcome = Succeeded()
        for act in acts:
            outcome = self._perform(act)
            if isinstance(outcome, Failed):
                break
        return outcome

    def _perform(self, act: Act) -> Outcome:
        try:
            match act:
                case Call():
                    return self._call(act)
                case Wait(profile, service, waiter, parameters):
                    self._client(profile, service).get_waiter(waiter).wait(
                        WaiterConfig=_POLL, **parameters_for_boto3(parameters)
                    )
                    return Succeeded()
                case AdvanceClock(minutes):
                    self.operate(OPERATOR, "AdvanceClock", {"Seconds": minutes * 60})
                    return Succeeded()
                case _:
                    assert_never(act)
        except ClientError as error:
            return failure(error.response["Error"]["Code"], error.response["Error"]["Message"])
        except (BotoCoreError, WaiterError) as error:
            return Failed(type(error).__name__, str(error))

    def _call(self, call: Call) -> Outcome:
        operation = getattr(self._client(call.profile, call.service), call.operation)
        response: dict[str, Any] = operation(**parameters_for_boto3(call.parameters))
        if "Payload" in response:
            return of_invocation(response.get("FunctionError"), json.loads(response["Payload"].read() or b"null"))
        return Succeeded()

    def operate(self, profile: str, operation: str, values: dict[str, Any]) -> dict[str, Any]:
        """Call one of the gateway's own operations, signed for `crossgrant`, and return its output."""
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{_OPERATIONS}.{operation}"}
        request = AWSRequest("POST", f"{self.gateway.endpoint}/", headers, json.dumps(values).encode())
        credentials = self._session(profile).get_credentials()
        assert credentials is not None
        SigV4Auth(credentials, "crossgrant", self.gateway.region).add_auth(request)
        response = URLLib3Session(proxies={}).send(request.prepare())
        answer: dict[str, Any] = json.loads(response.content)
        if response.status_code != 200:  # noqa: PLR2004 - HTTP's OK
            said = {"Error": {"Code": answer.get("__type", "Unknown"), "Message": answer.get("message", "")}}
            raise ClientError(said, operation)  # type: ignore[arg-type]  # the stub wants every member of a response
        return answer

    def _client(self, profile: str, service: str) -> BaseClient:
        if (profile, service) not in self._clients:
            client: Any = boto3.Session(botocore_session=self._session(profile)).client  # of any service, by name
            self._clients[profile, service] = client(
                service, region_name=self.gateway.region, endpoint_url=self.gateway.endpoint, config=_ONCE
            )
        return self._clients[profile, service]

    def _session(self, profile: str) -> botocore.session.Session:
        """Return a session that knows one identity alone, whatever the environment holds."""
        if profile not in self._sessions:
            is_user = profile in self.gateway.users
            session = botocore.session.Session(profile=OPERATOR if is_user else profile)
            session.set_config_variable("config_file", str(self.gateway.config_file))
            session.set_config_variable("credentials_file", str(self.gateway.credentials_file))
            if is_user:
                session.set_credentials(*self.gateway.users[profile])
            self._sessions[profile] = session
        return self._sessions[profile]
