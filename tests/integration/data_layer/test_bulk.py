"""Many rows and large values: in batches and slices that every server takes, and out again exactly as they were."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import func, insert, select

from lib.clock import utc_now
from lib.db.bulk import BATCH, batches, insert_many
from lib.db.tables.operations import transaction_keys
from lib.db.tables.payloads import payload_chunks
from lib.db.tables.records import daily_metrics
from lib.db.transactions import transact
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import Delivery
from lib.domain.objects import OBJECTS
from lib.mapping.packing import packed
from lib.pipeline.loading.files import delivered_file
from lib.services.arriving import receive
from tests.builders import a_csv, a_lead_account, a_map, admin, an_account, an_approved_map, import_file, records
from tests.integration.data_layer.watching import written_by


def received(desk: Desk, content: bytes) -> Delivery:
    a_lead_account(desk)
    return receive_again(desk, content)


def receive_again(desk: Desk, content: bytes) -> Delivery:
    with delivered_file(content, "export.csv") as path:
        return desk.do(admin(desk), receive.receive_file, "site", receive.Arrived.at(path, "export.csv"))


def kept_bytes(tx: UnitOfWork, delivery: Delivery) -> bytes:
    return b"".join(tx.payloads.pieces(delivery.id))


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


def test_missing_values_of_mapped_rows_are_kept_as_null(desk: Desk) -> None:
    kind = OBJECTS["daily_metric"]
    account = an_account(desk, "figures")
    moment = datetime(2026, 3, 4, 12, 0, 0, 1, UTC)
    rows = pa.table(
        {
            "id": [1, 2],
            "row_class": ["genuine"] * 2,
            "content_hash": ["h", "h"],
            "external_id": ["a", "b"],
            "day": ["2026-03-04", "2026-03-05"],
            "modified_at": pa.array([moment, None], pa.timestamp("us", "UTC")),
            "name": ["sessions", None],
            "quantity": [1.5, None],
            "amount": [19_990_001, None],
        }
    )
    desk.do(admin(desk), lambda tx: tx.records.add_records(account, kind, 1, rows))
    first, second = records(desk, "daily_metrics")["a"], records(desk, "daily_metrics")["b"]
    assert (first["quantity"], first["amount"], first["modified_at"]) == (1.5, Decimal("19.990001"), moment)
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


def test_four_mebibytes_of_rows_are_kept_and_come_back_identical(desk: Desk) -> None:
    dice = random.Random(7)
    cells = ['é🦊\n\r"\\ ' + dice.randbytes(524).hex() for _ in range(4000)]
    table = pa.table({"n": list(range(4000)), "cell": pa.array(cells, pa.large_string())})
    delivery = received(desk, b"id,date\n")
    desk.do(admin(desk), lambda tx: tx.payloads.keep(delivery, 5, "mapped", packed(0, table, 1000)))
    found = desk.ask(admin(desk), lambda tx: list(tx.payloads.tables(delivery.id, 5, "mapped")))
    assert [first for first, _ in found] == [0, 1000, 2000, 3000]
    assert pa.concat_tables([part for _, part in found]).equals(table)
    places, some = desk.ask(admin(desk), lambda tx: tx.payloads.tables_at(delivery.id, 5, "mapped", [3999, 5, 9999, 5]))
    assert (places, some is not None and some["n"].to_pylist()) == ([5, 3999], [5, 3999])


def test_a_row_put_in_another_s_place_leaves_its_neighbours_alone(desk: Desk) -> None:
    table = pa.table({"n": list(range(5)), "word": pa.array(list("abcde"), pa.large_string())})
    other = pa.table({"n": [40, 10], "new": pa.array(["x", None], pa.large_string())})
    delivery = received(desk, b"id,date\n")

    def change(tx: UnitOfWork) -> None:
        tx.payloads.keep(delivery, 5, "mapped", packed(0, table, 2))
        tx.payloads.replace_rows(delivery, 5, "mapped", {4: 0, 1: 1}, other)

    desk.do(admin(desk), change)
    found = desk.ask(admin(desk), lambda tx: tx.payloads.rows_at(delivery.id, 5, "mapped", range(9)))
    assert found == {
        0: {"n": 0, "word": "a"},
        1: {"n": 10},
        2: {"n": 2, "word": "c"},
        3: {"n": 3, "word": "d"},
        4: {"n": 40, "new": "x"},
    }


@pytest.mark.parametrize(
    "size",
    [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 20_000_000],
)
def test_a_file_of_any_size_is_kept_in_slices_and_comes_back_byte_for_byte(desk: Desk, size: int) -> None:
    """Twenty megabytes that do not compress are more than a server's largest packet takes at once."""
    content = random.Random(size).randbytes(size)
    delivery = received(desk, content)

    def look(tx: UnitOfWork) -> tuple[bytes, bool]:
        return kept_bytes(tx, delivery), tx.payloads.has_file(delivery.id)

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
    delivery = receive_again(desk, b"id\n1\n")
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
