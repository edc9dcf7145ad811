"""What a version of a map says is read once a process, and never taken for what another one says."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from lib.db.unit_of_work import UnitOfWork
from lib.domain.maps import FieldMap
from lib.services.mapping import maps
from tests.builders import LEAD_FIELDS, a_map, admin, an_account, desk_on

ONE = a_map("lead", LEAD_FIELDS)
OTHER = a_map("lead", {**LEAD_FIELDS, "name": "full name"})


def test_a_version_that_was_taken_back_is_not_what_its_number_says_later(
    sqlite_urls: tuple[str, str], tmp_path: Path
) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        an_account(desk)

        def saved_and_read(tx: UnitOfWork, field_map: FieldMap) -> tuple[int, FieldMap]:
            found = tx.maps.by_id(maps.save_map(tx, "site", field_map).id)
            return found.id, tx.maps.by_id(found.id).field_map

        def taken_back(tx: UnitOfWork) -> None:
            taken.append(saved_and_read(tx, ONE))
            raise RuntimeError

        taken: list[tuple[int, FieldMap]] = []
        with pytest.raises(RuntimeError):
            desk.do(admin(desk), taken_back)
        version, says = desk.do(admin(desk), saved_and_read, OTHER)
        assert (version, says) == (taken[0][0], OTHER)
        ran: list[str] = []
        event.listen(desk.app, "before_cursor_execute", lambda *told: ran.append(told[2]))
        assert desk.ask(admin(desk), lambda tx: tx.maps.by_id(version)).field_map == OTHER
        assert ran
        assert not [text for text in ran if "integration_field_mappings" in text]
