"""A snapshot put in the place of all state, while the gateway serves."""

from __future__ import annotations

import sqlite3

from crossgrant.local.accounts import Accounts
from crossgrant.local.operators import install_operators
from crossgrant.local.services.crossgrant_.schema import keep_accounts, kept_clock
from crossgrant.local.state.snapshot import load_snapshot


def restore(accounts: Accounts, snapshot: sqlite3.Connection) -> None:
    """Load the snapshot; the running gateway keeps its accounts' names and its operators' keys.

    Accounts that only the snapshot holds are embedded too, though without a profile.
    """
    load_snapshot(accounts.database, snapshot)
    running = {name: key.account_id for name, key in accounts.operators.items()}
    with accounts.database.transaction():
        accounts.names = keep_accounts(accounts.database, running)
        install_operators(accounts)
    accounts.clock.advanced = kept_clock(accounts.database)
    accounts.identities.forget()
    for dropped in accounts.on_replaced:
        dropped()
