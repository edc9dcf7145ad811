"""A secret pasted where people write words is refused and never repeated, wherever a word of theirs is kept (R20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from lib.db.unit_of_work import Desk
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.errors import DeskError
from lib.pipeline.loading.decisions import undo_load
from lib.pipeline.loading.fixing import decide
from lib.services.mapping import maps
from lib.services.publishing import change_notes
from tests.builders import a_csv, a_lead, a_lead_account, a_map, admin, code_of, committed, import_file
from tests.published import fortnights, written

SECRET = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
SAID = f"their key is {SECRET}"


def undone(desk: Desk) -> None:
    undo_load(desk, admin(desk), committed(desk, a_csv([a_lead(1)]))["load"], SAID)


def held(desk: Desk) -> None:
    load = import_file(desk, a_csv([a_lead(1)]))["load"]
    decide(desk, admin(desk), load, WhichRows(row_nos=(0,)), DecisionKind.HOLD, SAID)


def submitted(desk: Desk) -> None:
    desk.do(admin(desk), maps.save_map, "site", a_map("lead", {"external_id": "id", "occurred_at": "date"}), SAID)


def change_noted(desk: Desk) -> None:
    desk.do(admin(desk), change_notes.note_change, "site", "form", date(2026, 3, 4), SAID, 1)


def sentence(desk: Desk) -> None:
    fortnights(desk)
    written(desk, 1, next_action=SAID)


@pytest.mark.parametrize("write", [undone, held, submitted, change_noted, sentence])
def test_r20_a_secret_in_a_note_is_refused_and_not_repeated(sqlite_desk: Desk, write: Callable[[Desk], None]) -> None:
    if write is not sentence:
        a_lead_account(sqlite_desk)
    with pytest.raises(DeskError) as refused:
        write(sqlite_desk)
    assert code_of(refused) == "secret_in_text"
    assert SECRET not in str(refused.value)
