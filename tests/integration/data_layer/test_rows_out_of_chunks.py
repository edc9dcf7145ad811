"""Rows scattered over many chunks of a payload are found where they are, some chunks at a time."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from sqlalchemy import event

from lib.db.unit_of_work import UnitOfWork
from lib.mapping.packing import pack
from tests.builders import a_csv, a_lead, a_lead_account, admin, desk_on, import_file


def test_rows_of_twenty_chunks_are_found_in_order_with_three_queries(
    sqlite_urls: tuple[str, str], tmp_path: Path
) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        a_lead_account(desk)
        load = import_file(desk, a_csv([a_lead(1)]))["load"]

        def kept(tx: UnitOfWork) -> None:
            delivery = tx.deliveries.by_id(tx.loads.by_id(load).delivery_id)
            tables = [pa.table({"cell": [f"{number}.0", f"{number}.1"]}) for number in range(22)]
            tx.payloads.keep(delivery, load, "before", [pack(2 * n, table) for n, table in enumerate(tables)])

        def asked(tx: UnitOfWork) -> dict[int, str]:
            delivery_id = tx.loads.by_id(load).delivery_id
            event.listen(desk.app, "before_cursor_execute", lambda *told: ran.append(told[2]))
            found, table = tx.payloads.tables_at(delivery_id, load, "before", [*range(1, 40, 2), 99])
            assert table is not None
            return dict(zip(found, table["cell"].to_pylist(), strict=True))

        ran: list[str] = []
        desk.do(admin(desk), kept)
        assert desk.ask(admin(desk), asked) == {place: f"{place // 2}.1" for place in range(1, 40, 2)}
        # Where the chunks lie, sixteen of them, and the other four.
        assert len([sql for sql in ran if "payload_chunks" in sql]) == 3
