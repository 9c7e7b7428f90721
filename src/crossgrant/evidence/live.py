"""A live account, on AWS or embedded, read through boto3: only calls that change nothing.

Roles are read by name, never listed, so the number of calls does not grow with the account. Independent calls run at
once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from crossgrant.errors import CrossgrantError
from crossgrant.evidence.answer import Answer
from crossgrant.evidence.assemble import assemble
from crossgrant.evidence.snapshot import AccountSnapshot

CONCURRENT = 12
"""Calls at once: IAM throttles an account at about twenty a second."""

# Every call that is ever made: the operation, boto3's client and method, and whether it takes a resource in a policy.
READS: Mapping[str, tuple[str, str]] = {
    "sts:GetCallerIdentity": ("sts", "get_caller_identity"),
    "iam:GetRole": ("iam", "get_role"),
    "iam:ListRoles": ("iam", "list_roles"),
    "iam:ListRolePolicies": ("iam", "list_role_policies"),
    "iam:GetRolePolicy": ("iam", "get_role_policy"),
    "iam:ListAttachedRolePolicies": ("iam", "list_attached_role_policies"),
    "iam:GetPolicy": ("iam", "get_policy"),
    "iam:GetPolicyVersion": ("iam", "get_policy_version"),
    "lambda:GetFunctionConfiguration": ("lambda", "get_function_configuration"),
    "dynamodb:DescribeTable": ("dynamodb", "describe_table"),
    "dynamodb:GetResourcePolicy": ("dynamodb", "get_resource_policy"),
    "kms:DescribeKey": ("kms", "describe_key"),
    "kms:GetKeyPolicy": ("kms", "get_key_policy"),
    "ec2:DescribeVpcEndpoints": ("ec2", "describe_vpc_endpoints"),
    "organizations:DescribeOrganization": ("organizations", "describe_organization"),
    "organizations:ListParents": ("organizations", "list_parents"),
    "organizations:ListPoliciesForTarget": ("organizations", "list_policies_for_target"),
    "organizations:DescribePolicy": ("organizations", "describe_policy"),
}
CONTROL_POLICIES = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")


class CredentialsError(CrossgrantError):
    """A profile that can't be used."""


Session: TypeAlias = Any
"""A boto3 session: it makes its clients at run time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question needs of one account: role names, function ARNs, table ARNs.

    `first_roles` asks for one page of the account's roles, where a name may be misspelt.
    """

    roles: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    first_roles: bool = False


@dataclass(slots=True)
class LiveAccount:
    """One account's read-only calls; what was asked once is not asked again."""

    session: Session
    origin: str
    concurrent: int = CONCURRENT
    clients: dict[tuple[str, str | None], Any] = field(default_factory=dict)
    answers: dict[tuple[str, tuple[tuple[str, str], ...]], Answer] = field(default_factory=dict)

    def account_id(self) -> str:
        """Return whose account this is, or raise CredentialsError where the credentials are of no use."""
        answer = self.ask("sts:GetCallerIdentity")
        if answer.error:
            raise CredentialsError(f"{self.origin} can't be used: {answer.message or answer.error}")
        return str(answer.response["Account"])

    def read(self, wanted: Wanted) -> AccountSnapshot:
        """Return what the account says of what is wanted, and of its organization."""
        account = self.account_id()
        with ThreadPoolExecutor(self.concurrent) as pool:
            self._round(pool, [("organizations:DescribeOrganization", {}), *_first_round(wanted)])
            self._round(pool, self._second_round(wanted))
            self._round(pool, self._third_round())
            self._organization(pool, account)
        return assemble(self.origin, self.answers.values())

    def ask(self, operation: str, region: str | None = None, **parameters: Any) -> Answer:
        """Make one call, unless it was made before, and keep its answer."""
        names = {name: str(value) for name, value in parameters.items()} | ({"Region": region} if region else {})
        key = (operation, tuple(sorted(names.items())))
        if key not in self.answers:
            self.answers[key] = self._call(operation, names, region, parameters)
        return self.answers[key]

    def _call(self, operation: str, names: dict[str, str], region: str | None, parameters: dict[str, Any]) -> Answer:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - with files boto3 is never imported

        service, method = READS[operation]
        try:
            response = getattr(self._client(service, region), method)(**parameters)
        except ClientError as error:
            return Answer(
                operation, names, error=error.response["Error"]["Code"], message=error.response["Error"]["Message"]
            )
        except BotoCoreError as error:
            return Answer(operation, names, error=type(error).__name__, message=str(error))
        return Answer(operation, names, response)

    def _client(self, service: str, region: str | None) -> Any:
        if (service, region) not in self.clients:
            self.clients[service, region] = self.session.client(service, region_name=region)
        return self.clients[service, region]

    def _round(self, pool: ThreadPoolExecutor, calls: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Make independent calls at once; the clients are made before, for boto3 makes them one at a time."""
        listed = list(calls)
        for operation, parameters in listed:
            self._client(READS[operation][0], parameters.get("region"))
        tasks = [pool.submit(self.ask, operation, **parameters) for operation, parameters in listed]
        for task in tasks:
            task.result()

    def _answers(self, operation: str) -> list[Answer]:
        return [each for each in list(self.answers.values()) if each.operation == operation and not each.error]

    def _second_round(self, wanted: Wanted) -> list[tuple[str, dict[str, Any]]]:
        """Return the calls that the first answers name: policies, boundaries, keys, endpoints."""
        calls: list[tuple[str, dict[str, Any]]] = []
        for answer in self._answers("iam:ListRolePolicies"):
            role = answer.parameters["RoleName"]
            calls += [
                ("iam:GetRolePolicy", {"RoleName": role, "PolicyName": name}) for name in answer.response["PolicyNames"]
            ]
        arns = [
            each["PolicyArn"]
            for answer in self._answers("iam:ListAttachedRolePolicies")
            for each in answer.response["AttachedPolicies"]
        ]
        boundaries = (answer.response["Role"].get("PermissionsBoundary") for answer in self._answers("iam:GetRole"))
        arns += [each["PermissionsBoundaryArn"] for each in boundaries if each]
        calls += [("iam:GetPolicy", {"PolicyArn": arn}) for arn in dict.fromkeys(arns)]
        for answer in self._answers("dynamodb:DescribeTable"):
            if key := answer.response["Table"].get("SSEDescription", {}).get("KMSMasterKeyArn"):
                region = key.split(":")[3]
                calls.append(("kms:DescribeKey", {"KeyId": key, "region": region}))
                calls.append(("kms:GetKeyPolicy", {"KeyId": key, "PolicyName": "default", "region": region}))
        vpcs = (
            answer.response.get("VpcConfig", {}).get("VpcId")
            for answer in self._answers("lambda:GetFunctionConfiguration")
        )
        if found := sorted({each for each in vpcs if each}):
            region = next(iter(wanted.functions)).split(":")[3] or None
            calls.append(
                ("ec2:DescribeVpcEndpoints", {"Filters": [{"Name": "vpc-id", "Values": found}], "region": region})
            )
        return calls

    def _third_round(self) -> list[tuple[str, dict[str, Any]]]:
        versions = (
            (each.response["Policy"]["Arn"], each.response["Policy"]["DefaultVersionId"])
            for each in self._answers("iam:GetPolicy")
        )
        return [("iam:GetPolicyVersion", {"PolicyArn": arn, "VersionId": version}) for arn, version in versions]

    def _organization(self, pool: ThreadPoolExecutor, account: str) -> None:
        """Read the control policies of each level from the root to the account, where the credentials may."""
        if not self._answers("organizations:DescribeOrganization"):
            return
        chain = [account]
        while not chain[0].startswith("r-"):
            parents = self.ask("organizations:ListParents", ChildId=chain[0])
            if parents.error:
                break
            chain.insert(0, parents.response["Parents"][0]["Id"])
        levels = [(target, kind) for kind in CONTROL_POLICIES for target in chain]
        for target, kind in levels:
            self.ask("organizations:ListPoliciesForTarget", TargetId=target, Filter=kind)
        attached = (
            each["Id"]
            for answer in self._answers("organizations:ListPoliciesForTarget")
            for each in answer.response["Policies"]
        )
        self._round(pool, [("organizations:DescribePolicy", {"PolicyId": each}) for each in dict.fromkeys(attached)])


def _first_round(wanted: Wanted) -> list[tuple[str, dict[str, Any]]]:
    calls: list[tuple[str, dict[str, Any]]] = []
    for name in sorted(wanted.roles):
        calls += [
            (f"iam:{each}", {"RoleName": name}) for each in ("GetRole", "ListRolePolicies", "ListAttachedRolePolicies")
        ]
    if wanted.first_roles:
        calls.append(("iam:ListRoles", {"MaxItems": 1000}))
    for arn in sorted(wanted.functions):
        calls.append(("lambda:GetFunctionConfiguration", {"FunctionName": arn, "region": arn.split(":")[3]}))
    for arn in sorted(wanted.tables):
        region = arn.split(":")[3]
        calls.append(("dynamodb:DescribeTable", {"TableName": arn.rpartition("/")[2], "region": region}))
        calls.append(("dynamodb:GetResourcePolicy", {"ResourceArn": arn, "region": region}))
    return calls


def read_only_policy(side: str, roles: Iterable[str] = ("*",)) -> dict[str, Any]:
    """Return the least policy for reading one side (`caller` or `owner`), limited to the roles named."""
    own = "lambda" if side == "caller" else "dynamodb"
    skip = {"caller": ("dynamodb", "kms", "sts"), "owner": ("lambda", "ec2", "sts")}[side]
    actions = [each for each in READS if each.partition(":")[0] not in skip]
    of_roles = [each for each in actions if each.startswith("iam:") and "Role" in each and each != "iam:ListRoles"]
    of_own = [each for each in actions if each.startswith((f"{own}:", "kms:"))]
    rest = [each for each in actions if each not in of_roles and each not in of_own]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Roles",
                "Effect": "Allow",
                "Action": of_roles,
                "Resource": [f"arn:aws:iam::*:role/{each}" for each in roles],
            },
            {"Sid": "FunctionOrTable", "Effect": "Allow", "Action": of_own, "Resource": "*"},
            {"Sid": "PoliciesAndOrganization", "Effect": "Allow", "Action": rest, "Resource": "*"},
        ],
    }


def profile_session(profile: str | None) -> Session:
    """Return the boto3 session of a profile, with short timeouts."""
    import boto3  # noqa: PLC0415 - 180 ms, and only live accounts need it
    from botocore.config import Config  # noqa: PLC0415 - as above
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - as above

    try:
        session = boto3.Session(profile_name=profile)
    except BotoCoreError as error:
        raise CredentialsError(
            str(error), help=f"`aws configure list-profiles` lists them; after SSO: `aws sso login --profile {profile}`"
        ) from error
    return ConfiguredSession(
        session, Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})
    )


@dataclass(frozen=True, slots=True)
class ConfiguredSession:
    """A boto3 session whose clients share one configuration."""

    session: Session
    config: object

    @property
    def region_name(self) -> str | None:
        """The profile's Region."""
        region: str | None = self.session.region_name
        return region

    def client(self, service_name: str, region_name: str | None = None) -> Any:
        """Return a client of that configuration."""
        return self.session.client(service_name, region_name=region_name, config=self.config)
