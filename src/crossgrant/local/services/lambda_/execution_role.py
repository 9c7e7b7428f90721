"""The execution role: who may give it to a function, whether Lambda may assume it, and its sessions.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from crossgrant.iam import Arn
from crossgrant.local.accounts import Accounts
from crossgrant.local.operation import Call, Need, ServiceError
from crossgrant.local.services.iam_.principal_rows import PrincipalRow, find_by_arn
from crossgrant.local.services.lambda_.function_name import invalid
from crossgrant.local.services.lambda_.functions import Function
from crossgrant.local.services.sts.sessions import SessionDetails, issue_session
from crossgrant.local.services.sts.trust import service_may_assume
from crossgrant.local.state import Database
from crossgrant.local.workers import Credentials

LAMBDA = "lambda.amazonaws.com"

# The role's MaxSessionDuration does not bound Lambda's own sessions (confirmed.md L7).
_SESSION_SECONDS = 12 * 3600

_CANNOT_ASSUME = "The role defined for the function cannot be assumed by Lambda."


def check_account(call: Call) -> None:
    """Refuse a role of another account.

    Raises:
        ServiceError: AccessDeniedException.

    """
    arn = Arn.parse(call.input.get("Role", ""))
    if arn is not None and arn.account != call.account_id:
        raise ServiceError("AccessDeniedException", "Cross-account pass role is not allowed.", 403)


def pass_role(role_arn: str, account: str, function_arn: str) -> Need:
    """Return the need of whoever gives a function its role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    context = {"iam:PassedToService": LAMBDA, "iam:AssociatedResourceArn": function_arn}
    return Need("iam:PassRole", role_arn, account, context)


def check_trust(database: Database, role_arn: str) -> None:
    """Refuse a role that isn't there or that Lambda may not assume: both read alike.

    Raises:
        ServiceError: InvalidParameterValueException, in AWS's words (confirmed.md L4).

    """
    if _assumable(database, role_arn) is None:
        raise invalid(_CANNOT_ASSUME)


def issue_credentials(accounts: Accounts, function: Function) -> Credentials:
    """Assume the function's role for one worker, whose requests then carry lambda:SourceFunctionArn.

    The session is named after the function (confirmed.md L6).

    Raises:
        ServiceError: AccessDeniedException: Lambda may not assume the role any more.

    """
    role = _assumable(accounts.database, function.role)
    if role is None:
        raise ServiceError("AccessDeniedException", _CANNOT_ASSUME, 403, {"Type": "User"})
    with accounts.database.transaction():
        issued = issue_session(
            accounts.database,
            account=role.account,
            role_id=role.id,
            role_arn=role.arn,
            name=function.name,
            now=accounts.clock(),
            duration=_SESSION_SECONDS,
            details=SessionDetails(source_function_arn=function.arn),
        )
    return Credentials(issued.access_key_id, issued.secret_access_key, issued.session_token, issued.expires)


def _assumable(database: Database, role_arn: str) -> PrincipalRow | None:
    role = find_by_arn(database, role_arn)
    return role if role is not None and role.kind == "role" and service_may_assume(role, LAMBDA) else None
