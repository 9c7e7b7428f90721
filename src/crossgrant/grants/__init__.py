"""The grant file, and what it derives.

In: the text of crossgrant.yaml and the time (`load`, `parse`). Out: `GrantFile`, complete and valid, or a
`GrantFileError` that names every problem with line, column and fix; and from each grant the policies, names and ARNs
of both sides (`derive`). `starter` holds the files that `crossgrant init` writes.

This room decides what a grant means. It reads no account, makes no call and evaluates nothing.
"""

from crossgrant.grants.derive import CallerSide, Derivation, OwnerSide, Role, derive
from crossgrant.grants.document import Condition, Document, Principal, Statement
from crossgrant.grants.load import load, parse
from crossgrant.grants.model import Account, Function, Grant, GrantFile, Table, Trust, Via
from crossgrant.grants.problem import GrantFileError, Problem
from crossgrant.grants.report import Side, report

__all__ = [
    "Account",
    "CallerSide",
    "Condition",
    "Derivation",
    "Document",
    "Function",
    "Grant",
    "GrantFile",
    "GrantFileError",
    "OwnerSide",
    "Principal",
    "Problem",
    "Role",
    "Side",
    "Statement",
    "Table",
    "Trust",
    "Via",
    "derive",
    "load",
    "parse",
    "report",
]
