from __future__ import annotations

from pathlib import Path

import pytest

from support.ledger import Ledger

KILLS = 50


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    """Fifty gateways are killed while they write; each next one has every acknowledged pair, and no half of one."""
    ledger = Ledger()
    ledger.run(tmp_path, KILLS, seed=20_261_124)
    assert ledger.rounds == KILLS
    assert ledger.acknowledged
