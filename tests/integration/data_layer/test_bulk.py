"""Many rows and large values: in batches and slices that every server takes, and out again exactly as they were."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pandas as pd
import pytest
from sqlalchemy import func, insert, select

from lib.clock import utc_now
from lib.db.bulk import BATCH, batches, insert_many
from lib.db.repositories.payloads import pack, unpack
from lib.db.tables.operations import transaction_keys
from lib.db.tables.payloads import payload_chunks
from lib.db.tables.records import daily_metrics
from lib.db.transactions import transact
from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Delivery
from lib.domain.objects import OBJECTS
from lib.mapping.values import python_columns
from lib.pipeline import Desk
from lib.services import receive
from tests.builders import a_csv, a_lead_account, a_map, admin, an_account, an_approved_map, import_file, records
from tests.integration.data_layer.watching import written_by


def received(desk: Desk, content: bytes) -> Delivery:
    a_lead_account(desk)
    return desk.do(admin(desk), receive.receive_file, "site", "export.csv", content)


def test_batches_hold_everything_once_and_in_order() -> None:
    parts = [list(batch) for batch in batches(range(2500))]
    assert [len(part) for part in parts] == [1000, 1000, 500]
    assert [item for part in parts for item in part] == list(range(2500))
    assert list(batches([])) == []


def test_two_and_a_half_thousand_rows_go_in_three_batches(desk: Desk) -> None:
    rows = [{"key": f"k{n:04}", "result": {"n": n}, "done_at": utc_now()} for n in range(2500)]
    with written_by(desk.app) as written:
        transact(desk.app, lambda connection: insert_many(connection, transaction_keys, rows))
    found = transact(
        desk.app,
        lambda c: c.execute(select(transaction_keys).order_by(transaction_keys.c.key)).all(),
        is_writing=False,
    )
    assert [(row.key, row.result) for row in found] == [(row["key"], row["result"]) for row in rows]
    assert len(written) == 2500 // BATCH + 1


def test_no_rows_are_no_statement(desk: Desk) -> None:
    with written_by(desk.app) as written:
        transact(desk.app, lambda connection: insert_many(connection, transaction_keys, []))
    assert written == []


def test_a_batch_that_breaks_leaves_none_of_the_batches_before_it(desk: Desk) -> None:
    rows = [{"key": f"k{min(n, 2400):04}", "result": {}, "done_at": utc_now()} for n in range(2500)]
    with pytest.raises(Exception, match=r"k2400|UNIQUE"):
        transact(desk.app, lambda connection: insert_many(connection, transaction_keys, rows))
    count = select(func.count()).select_from(transaction_keys)
    assert transact(desk.app, lambda c: c.execute(count).scalar_one(), is_writing=False) == 0


def test_missing_values_of_a_mapped_frame_are_kept_as_null(desk: Desk) -> None:
    kind = OBJECTS["daily_metric"]
    account = an_account(desk, "figures")
    frame = pd.DataFrame(
        {
            "external_id": pd.Series(["a", "b"], dtype="str"),
            "day": pd.Series(["2026-03-04", "2026-03-05"], dtype="str"),
            "modified_at": pd.to_datetime(pd.Series(["2026-03-04T12:00:00.000001Z", None])).astype(
                "datetime64[us, UTC]"
            ),
            "name": pd.Series(["sessions", pd.NA], dtype="str"),
            "quantity": pd.array([1.5, pd.NA], dtype="Float64"),
            "amount": pd.array([19_990_001, pd.NA], dtype="Int64"),
        }
    )
    columns = python_columns(frame, kind)
    rows = [
        {"id": n + 1, "row_class": "genuine", "content_hash": "h", **dict(zip(columns, cells, strict=True))}
        for n, cells in enumerate(zip(*columns.values(), strict=True))
    ]
    desk.do(admin(desk), lambda tx: tx.records.add_records(account, kind, 1, rows))
    first, second = records(desk, "daily_metrics")["a"], records(desk, "daily_metrics")["b"]
    assert (first["quantity"], first["amount"], first["modified_at"].microsecond) == (1.5, Decimal("19.990001"), 1)
    assert {name: second[name] for name in ("name", "quantity", "amount", "modified_at")} == dict.fromkeys(
        ("name", "quantity", "amount", "modified_at")
    )


@pytest.mark.parametrize("figure", ["1e999", "-inf", "nan"])
def test_a_number_that_is_no_number_fails_its_row_and_never_reaches_the_database(desk: Desk, figure: str) -> None:
    an_account(desk, "figures")
    an_approved_map(desk, "figures", a_map("daily_metric", {"external_id": "id", "day": "day", "quantity": "n"}))
    content = a_csv([{"id": "a", "day": "2026-03-04", "n": "3"}, {"id": "b", "day": "2026-03-04", "n": figure}])
    load = import_file(desk, content, "figures", "daily_metric")
    assert (load["verdicts"]["created"], load["verdicts"]["failed"]) == (1, 1)


# --- payloads


def lines_of(count: int, size: int) -> list[bytes]:
    """Rows of JSON of which no two are alike, about `size` bytes each."""
    dice = random.Random(7)
    return [orjson.dumps([str(n), 'é🦊\n\r"\\ ', dice.randbytes(size // 2).hex()]) for n in range(count)]


def test_a_chunk_unpacks_to_the_very_lines_that_were_packed() -> None:
    for lines in ([], [b"[]"], [b'["a\\nb"]', b"[]"], lines_of(1000, 4096)):
        chunk = pack(17, lines)
        assert (chunk.first_row, chunk.row_count) == (17, len(lines))
        assert unpack(chunk.body) == lines


def test_four_mebibytes_of_rows_are_kept_and_come_back_identical(desk: Desk) -> None:
    lines = lines_of(4000, 1048)
    assert sum(map(len, lines)) > 4 << 20
    delivery = received(desk, b"id,date\n")
    chunks = [pack(start, lines[start : start + 1000]) for start in range(0, len(lines), 1000)]
    desk.do(admin(desk), lambda tx: tx.payloads.keep(delivery, 5, "mapped", chunks))
    found = desk.ask(admin(desk), lambda tx: list(tx.payloads.rows(delivery.id, 5, "mapped")))
    assert [first for first, _ in found] == [0, 1000, 2000, 3000]
    assert [line for _, part in found for line in part] == lines


@pytest.mark.parametrize(
    "size",
    [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 20_000_000],
)
def test_a_file_of_any_size_is_kept_in_slices_and_comes_back_byte_for_byte(desk: Desk, size: int) -> None:
    """Twenty megabytes that do not compress are more than a server's largest packet takes at once."""
    content = random.Random(size).randbytes(size)
    delivery = received(desk, content)

    def look(tx: UnitOfWork) -> tuple[bytes, bool]:
        return tx.payloads.file(delivery.id), tx.payloads.has_file(delivery.id)

    assert desk.ask(admin(desk), look) == (content, size > 0)
    assert slices_of(desk) == -(-size // (1 << 20))


def slices_of(desk: Desk) -> int:
    count = select(func.count()).select_from(payload_chunks)
    return int(transact(desk.app, lambda c: c.execute(count).scalar_one(), is_writing=False))


def test_a_delivery_that_is_kept_no_longer_than_nothing_has_no_file(desk: Desk) -> None:
    """R11: an account of zero days keeps the hash of what arrived and none of its bytes."""
    account = a_lead_account(desk)
    change: Callable[[UnitOfWork], Any] = lambda tx: tx.accounts.change(account, {"retention_days": 0})  # noqa: E731
    desk.do(admin(desk), change)
    delivery = desk.do(admin(desk), receive.receive_file, "site", "export.csv", b"id\n1\n")
    assert desk.ask(admin(desk), lambda tx: tx.payloads.has_file(delivery.id)) is False
    assert (len(delivery.content_hash), slices_of(desk)) == (64, 0)


def test_a_figure_of_every_size_a_server_keeps_is_kept(desk: Desk) -> None:
    """SQLite takes any integer and any text where a server would not: the table is the same, so the checks are."""
    account = an_account(desk, "figures")
    values = {
        "client_id": account.client_id, "account_id": account.id, "object": "daily_metric", "row_class": "genuine",
        "content_hash": "h", "load_id": 2**31 - 1, "version": 1, "created_at": utc_now(), "updated_at": utc_now(),
        "day": utc_now().date(),
    }  # fmt: skip
    rows = [
        {**values, "id": n + 1, "external_id": f"r{n}", "quantity": figure}
        for n, figure in enumerate((0.1, -1e300, 1e-300))
    ]
    transact(desk.app, lambda connection: connection.execute(insert(daily_metrics), rows))
    assert [row["quantity"] for row in records(desk, "daily_metrics").values()] == [0.1, -1e300, 1e-300]
