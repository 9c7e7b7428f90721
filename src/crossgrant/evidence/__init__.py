"""What is known of the two accounts, from whatever there is.

In: live accounts through boto3 (read-only), get-account-authorization-details dumps, transcripts of the commands that
`crossgrant why` prints, CloudFormation templates, Terraform plans and states. Out: an `AccountSnapshot` of each side,
whose every part is either known or `NotRead` with the reason. It never writes, and never takes what it didn't see for
empty.
"""

from crossgrant.evidence import commands
from crossgrant.evidence.answer import Answer
from crossgrant.evidence.assemble import assemble
from crossgrant.evidence.authorization import read_authorization
from crossgrant.evidence.files import EvidenceError, read_file, read_text
from crossgrant.evidence.live import CredentialsError, LiveAccount, Wanted, profile_session, read_only_policy
from crossgrant.evidence.merge import merge
from crossgrant.evidence.snapshot import (
    NOTHING,
    UNREAD,
    AccountSnapshot,
    AttachedPolicy,
    Function,
    JsonObject,
    Key,
    Known,
    NotRead,
    Role,
    Section,
    Table,
    VpcEndpoint,
)

__all__ = [
    "NOTHING",
    "UNREAD",
    "AccountSnapshot",
    "Answer",
    "AttachedPolicy",
    "CredentialsError",
    "EvidenceError",
    "Function",
    "JsonObject",
    "Key",
    "Known",
    "LiveAccount",
    "NotRead",
    "Role",
    "Section",
    "Table",
    "VpcEndpoint",
    "Wanted",
    "assemble",
    "commands",
    "merge",
    "profile_session",
    "read_authorization",
    "read_file",
    "read_only_policy",
    "read_text",
]
