"""What becomes of a row: its verdict, its class, and what a metric makes of both."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from lib.db.tables.payloads import payload_chunks
from lib.db.unit_of_work import Desk
from lib.mapping.packing import rows_of, unpack
from lib.pipeline.loading.decisions import approve
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    admin,
    an_account,
    an_approved_map,
    committed,
    constant,
    content_of,
    import_file,
    records,
    require_conserved,
    slices,
    table_rows,
    verdicts_of,
)


def test_of_rows_with_one_key_the_latest_modified_stands(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    rows = [
        a_lead(1, name="newest", modified="2026-03-09 10:00:00Z"),
        a_lead(1, name="older", modified="2026-03-08 10:00:00Z"),
        a_lead(1, name="undated"),
        a_lead(2, name="first"),
        a_lead(2, name="last"),
    ]
    load = committed(desk, a_csv(rows))
    assert verdicts_of(desk, load["load"]) == ["created", "duplicate", "duplicate", "duplicate", "created"]
    assert load["reasons"]["in_file"] == 3
    assert {key: row["name"] for key, row in records(desk).items()} == {"L1": "newest", "L2": "last"}
    require_conserved(load, 5)


def test_rows_that_say_the_same_are_unchanged_and_others_update(desk: Desk) -> None:
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(1), a_lead(2), a_lead(3)]))
    load = committed(desk, a_csv([a_lead(1), a_lead(2, status="won"), a_lead(4), a_lead(3, day="2026-03-05")]))
    assert verdicts_of(desk, load["load"]) == ["ignored", "updated", "created", "updated"]
    assert load["reasons"]["unchanged"] == 1
    found = records(desk)
    assert found["L2"]["status"] == "won"
    assert (found["L1"]["version"], found["L2"]["version"]) == (1, 2)
    # The lead that moved is gone from the day it was counted on.
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 3, ("2026-03-05", ""): 1}


def test_rows_without_a_key_are_known_by_all_their_values(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    twin = a_lead(1, id="")
    load = committed(desk, a_csv([twin, twin, a_lead(2, id="")]))
    assert verdicts_of(desk, load["load"]) == ["duplicate", "created", "created"]
    assert load["reasons"]["missing_key"] == 3
    assert all(key.startswith("row:") for key in records(desk))
    again = committed(desk, a_csv([a_lead(2, id=""), a_lead(3, id="")]))
    assert verdicts_of(desk, again["load"]) == ["ignored", "created"]


def test_a_row_that_cannot_be_dated_fails_and_the_rest_go_on(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = committed(desk, a_csv([a_lead(1), a_lead(2, date=""), a_lead(3, date="soon"), a_lead(1, date="")]))
    assert verdicts_of(desk, load["load"]) == ["created", "failed", "failed", "failed"]
    assert load["reasons"]["missing_date"] == 2
    assert load["reasons"]["unreadable_date"] == 1
    assert set(records(desk)) == {"L1"}


def test_a_line_that_cannot_be_read_is_a_failed_row_whose_text_is_kept(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    broken = a_csv([a_lead(1), a_lead(2)]) + b"L3,2026-03-04 12:00:00Z,far,too,many,cells,for,this,table\r\n"
    load = committed(desk, broken)
    require_conserved(load, 3)
    assert load["verdicts"]["failed"] == 1
    assert load["reasons"]["unreadable_line"] == 1
    kept = [
        line
        for row in table_rows(desk.app, payload_chunks)
        if row["kind"] == "raw"
        for line in rows_of(unpack(row["body"]))
    ]
    assert any("L3,2026-03-04" in line.get("unreadable line", "") for line in kept)


def test_test_spam_and_internal_rows_are_records_that_no_metric_counts(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    rows = [a_lead(1), a_lead(2, name="Test Person"), a_lead(3, status="spam"), a_lead(4, email="test@example.com")]
    load = committed(desk, a_csv(rows))
    assert load["classes"] == {"genuine": 1, "test": 2, "spam": 1, "internal": 0, "marketplace_duplicate": 0}
    assert load["verdicts"]["created"] == 4
    assert {key: row["row_class"] for key, row in records(desk).items()}["L3"] == "spam"
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 1}
    (slice_,) = content_of(desk)["report_metrics"]
    assert (slice_["row_count"], slice_["left_out"]) == (1, 3)

    an_account(desk, "crm", provider="servicetitan")
    fields = {"external_id": "id", "occurred_at": "createdOn", "location": "Business Unit"}
    an_approved_map(desk, "crm", a_map("job", fields))
    jobs = [{"id": "1", "createdOn": "2026-03-04T10:00:00Z", "Business Unit": unit} for unit in ("Plumbing",)]
    jobs.append({"id": "2", "createdOn": "2026-03-04T10:00:00Z", "Business Unit": "Z-Do Not Use - old"})
    assert committed(desk, a_csv(jobs), "crm", "job")["classes"]["internal"] == 1
    assert slices(desk, "crm.jobs") == {("2026-03-04", ""): 1}


def _angi(desk: Desk) -> None:
    an_account(desk, "angi", provider="angi")
    fields = {"external_id": "leadOid", "group_id": "srOid", "fee": "fee", "name": "name", "occurred_at": "received_at"}
    an_approved_map(desk, "angi", a_map("lead", fields))


def _sold(lead: int, request: int, day: str = "2026-03-04", fee: str = "25.50") -> dict[str, object]:
    return {
        "leadOid": lead,
        "srOid": request,
        "fee": fee,
        "name": "Rosa Alvarez",
        "received_at": f"{day}T18:00:00Z",
    }


def test_a_request_sold_again_is_no_second_lead_but_costs_its_fee(desk: Desk) -> None:
    _angi(desk)
    first = committed(desk, a_csv([_sold(1, 900), _sold(2, 900), _sold(3, 901)]), "angi")
    assert first["classes"]["marketplace_duplicate"] == 1
    assert first["verdicts"]["created"] == 3
    assert slices(desk, "angi.paid_leads") == {("2026-03-04", ""): 2}
    assert slices(desk, "angi.lead_fees") == {("2026-03-04", ""): Decimal("76.50")}

    second = committed(desk, a_csv([_sold(4, 901, "2026-03-05"), _sold(5, 902, "2026-03-05")]), "angi")
    assert second["classes"]["marketplace_duplicate"] == 1
    assert records(desk)["4"]["row_class"] == "marketplace_duplicate"
    assert slices(desk, "angi.paid_leads") == {("2026-03-04", ""): 2, ("2026-03-05", ""): 1}
    assert slices(desk, "angi.lead_fees")[("2026-03-05", "")] == Decimal("51.00")

    # The lead that came first stays genuine however often it comes again.
    again = committed(desk, a_csv([_sold(1, 900, fee="20.00")]), "angi")
    assert (again["verdicts"]["updated"], again["classes"]["genuine"]) == (1, 1)
    assert slices(desk, "angi.lead_fees")[("2026-03-04", "")] == Decimal("71.00")


def test_a_constant_date_dates_every_row(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    an_approved_map(desk, "site", a_map("lead", {"external_id": "id", "occurred_at": constant("2026-03-04")}))
    committed(desk, a_csv([{"id": "1"}, {"id": "2"}]))
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 2}
    assert records(desk)["1"]["occurred_at"] == datetime(2026, 3, 4, 7, tzinfo=UTC)


def test_a_header_and_nothing_below_it_is_a_load_of_no_rows(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = import_file(desk, a_csv([], ["id", "date"]))
    require_conserved(load, 0)
    assert load["date_range"] is None
    require_conserved(approve(desk, admin(desk), load["load"]), 0)
    assert records(desk) == {}
