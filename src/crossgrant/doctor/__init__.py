"""Why a call is denied, and whether a declared grant holds.

In: an error text (`parse_error`), what is known of both accounts (`crossgrant.evidence`), and the grant, if there is
one. Out: a `Diagnosis`: one root cause of the catalogue with the place that decided, the smallest fix as a patch and
the side that must act; or `undetermined`, with what is possible, what is ruled out and what to ask the other team; or
`healthy`.

    text ─ parse ─► ParsedError ─┐
    snapshots, grant ────────────┴─► Inquiry ─ causes.TESTS ─► findings ─ diagnosis ─► report, terminal, SARIF

What policies mean is `crossgrant.iam`'s alone; this room asks it one layer and one condition at a time. `gather` reads
through `crossgrant.evidence`; nothing is ever written.
"""

from crossgrant.doctor.ask import commands_for
from crossgrant.doctor.authorized import informed
from crossgrant.doctor.cause import Cause, Fix, Found, Grade, Open, RuledOut, Side, catalogue
from crossgrant.doctor.causes import TESTS
from crossgrant.doctor.chain import Link, Status, chain
from crossgrant.doctor.check import Checkup, check_up, inquiries, with_evidence
from crossgrant.doctor.diagnosis import Diagnosis, Verdict, diagnose
from crossgrant.doctor.expected import Expected, expected_of
from crossgrant.doctor.inquiry import Inquiry
from crossgrant.doctor.parse import ParsedError, parse_error
from crossgrant.doctor.patch import apply_patch
from crossgrant.doctor.redact import redacted, redactor, strings
from crossgrant.doctor.report import report
from crossgrant.doctor.sarif import sarif
from crossgrant.doctor.warnings import warnings

__all__ = [
    "TESTS",
    "Cause",
    "Checkup",
    "Diagnosis",
    "Expected",
    "Fix",
    "Found",
    "Grade",
    "Inquiry",
    "Link",
    "Open",
    "ParsedError",
    "RuledOut",
    "Side",
    "Status",
    "Verdict",
    "apply_patch",
    "catalogue",
    "chain",
    "check_up",
    "commands_for",
    "diagnose",
    "expected_of",
    "informed",
    "inquiries",
    "parse_error",
    "redacted",
    "redactor",
    "report",
    "sarif",
    "strings",
    "warnings",
    "with_evidence",
]
