"""A blank cell of an update clears what stands there, or keeps it where the map says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.db.tables.traffic import traffic_days
from lib.db.unit_of_work import Desk
from lib.domain.maps import Blank, FieldMap
from lib.errors import DeskError
from lib.mapping.document import dump_map, fingerprint, load_map
from lib.pipeline.loading.decisions import undo_load
from lib.services.reviewing import review_rows
from lib.services.reviewing.review_rows import Change, RowQuery
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_map,
    admin,
    an_account,
    an_approved_map,
    committed,
    import_file,
    records,
    table_rows,
)


def keeping(field_map: FieldMap, *targets: str) -> FieldMap:
    blanks = {True: Blank.KEEP, False: Blank.CLEAR}
    fields = tuple(replace(rule, blank=blanks[rule.target in targets]) for rule in field_map.fields)
    return replace(field_map, fields=fields)


def test_a_blank_cell_clears_or_keeps_as_the_map_says(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    an_approved_map(desk, "site", keeping(a_map("lead", LEAD_FIELDS), "phone", "fee"))
    committed(desk, a_csv([a_lead(1, fee="12.50"), a_lead(2)]))
    before = records(desk)
    load = import_file(desk, a_csv([a_lead(1, phone="", fee="", email="", status="won"), a_lead(2, phone="")]))
    assert load["verdicts"]["updated"] == 2
    changes = [row.changes for row in desk.ask(admin(desk), review_rows.rows_page, load["load"], RowQuery()).rows]
    assert changes == [(Change("status", "new", "won"), Change("email", "p1@mail.example", "")), ()]
    done = committed(desk, a_csv([a_lead(1, phone="", fee="", email="", status="won"), a_lead(2, phone="")]))
    now = records(desk)
    kept = {name: before["L1"][name] for name in ("phone", "fee", "name")}
    assert {name: now["L1"][name] for name in kept} == kept
    assert (now["L1"]["email"], now["L1"]["status"], now["L2"]["phone"]) == (None, "won", before["L2"]["phone"])
    # The same file again is unchanged, although it holds less than the record does.
    again = import_file(desk, a_csv([a_lead(1, phone="", fee="", email="", status="won"), a_lead(9)]))
    assert again["verdicts"]["ignored"] == 1
    undo_load(desk, admin(desk), done["load"], "to see")
    aside = ("version", "updated_at")
    whole = [
        {name: value for name, value in rows["L1"].items() if name not in aside} for rows in (before, records(desk))
    ]
    assert whole[0] == whole[1]


def test_a_version_of_a_traffic_row_keeps_what_the_last_one_held(desk: Desk) -> None:
    an_account(desk, "ads", destination="traffic")
    fields = {"external_id": "id", "day": "day", "clicks": "clicks", "cost": "cost", "campaign": "campaign"}
    an_approved_map(desk, "ads", keeping(a_map("traffic_day", fields), "cost", "campaign"))
    row = {"id": "d1", "day": "2026-03-04", "clicks": 7, "cost": "1.25", "campaign": "spring"}
    committed(desk, a_csv([row]), "ads", "traffic_day")
    committed(desk, a_csv([{**row, "clicks": "", "cost": "", "campaign": ""}]), "ads", "traffic_day")
    newest = max(table_rows(desk.traffic, traffic_days), key=lambda found: found["load_id"])
    assert (newest["clicks"], str(newest["cost"]), newest["campaign"]) == (None, "1.250000", "spring")


def test_a_map_says_keep_and_leaves_clear_unsaid() -> None:
    plain = a_map("lead", LEAD_FIELDS)
    kept = keeping(plain, "phone")
    assert "blank:" not in dump_map(plain).split("object: lead")[1]
    assert load_map(dump_map(kept)) == kept
    assert fingerprint(kept) != fingerprint(plain) == fingerprint(load_map(dump_map(plain)))
    with pytest.raises(DeskError, match="has the blank 'maybe'"):
        load_map(dump_map(kept).replace("blank: keep", "blank: maybe"))
