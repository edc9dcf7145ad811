"""What is entered by hand says so wherever it shows, until the provider's own word replaces it (R16)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lib.db.tables.imports import integration_import_batches
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange, DeliveryKind
from lib.domain.maps import Transform
from lib.domain.people import Role
from lib.errors import DeskError
from lib.pipeline.loading.by_hand import enter_rows
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.services.arriving import uploads
from lib.services.counting import baseline, comparison_series, metrics
from lib.services.publishing import portal
from lib.services.reviewing import review
from lib.services.setup import account_settings
from lib.services.tracing import find_records, trace_record
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    records,
    slices,
    table_rows,
)
from tests.published import NOW, published, two_fortnights

MARCH = DateRange(date(2026, 3, 1), date(2026, 3, 31))
APRIL = DateRange(date(2026, 4, 1), date(2026, 4, 30))
HAND = "entered by hand"


def entered(desk: Desk, reason: str = "the export is down", **typed: str) -> int:
    """A typed row, taken all the way; its load."""
    load = int(enter_rows(desk, admin(desk), "site", "lead", [typed], reason)["load"])
    approve(desk, admin(desk), load)
    return load


def refused(desk: Desk, typed: dict[str, str], reason: str = "down") -> str:
    with pytest.raises(DeskError) as trouble:
        enter_rows(desk, admin(desk), "site", "lead", [typed], reason)
    assert trouble.value.hint
    return code_of(trouble)


def test_a_typed_row_becomes_a_record_with_who_and_why_and_the_raw_cell(desk: Desk) -> None:
    a_lead_account(desk)
    ana = a_person(desk, "ana@example.com", Role.ANALYST)
    load = enter_rows(
        desk, ana, "site", "lead", [{"id": "L1", "date": "2026-03-04 12:00:00Z", "status": "won"}], "down"
    )
    assert (load["kind"], load["by_hand"], load["entered_by"]) == (DeliveryKind.MANUAL, "down", ana.called)
    approve(desk, admin(desk), load["load"])
    trace = desk.ask(admin(desk), trace_record.trace_record, "crm_leads", records(desk)["L1"]["id"])
    assert trace.origin is not None
    assert (trace.origin.entered_by, trace.origin.by_hand_reason) == ("ana@example.com", "down")
    status = next(item for item in trace.values if item.column == "status")
    assert (status.value, status.raw) == ("won", (("status", "won"),))
    assert table_rows(desk.app, integration_import_batches)[0]["received_by"] == ana.person_id


def test_what_a_known_id_leaves_out_stays_as_it_is_and_may_be_emptied_on_purpose(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    committed(sqlite_desk, a_csv([a_lead(1), a_lead(2)]))
    entered(sqlite_desk, id="L1", status="won")
    assert records(sqlite_desk)["L1"] | {"status": "won"} == records(sqlite_desk)["L1"]
    assert (records(sqlite_desk)["L1"]["name"], records(sqlite_desk)["L1"]["email"]) == ("Person 1", "p1@mail.example")
    entered(sqlite_desk, id="L1", email="")
    assert (records(sqlite_desk)["L1"]["status"], records(sqlite_desk)["L1"]["email"]) == ("won", None)


def test_without_the_earlier_row_every_field_has_to_be_given(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    sqlite_desk.do(admin(sqlite_desk), account_settings.set_account, "site", {"retention_days": "0"})
    committed(sqlite_desk, a_csv([a_lead(1)]))
    assert refused(sqlite_desk, {"id": "L1", "status": "won"}) == "earlier_row_gone"
    whole = {str(name): str(value) for name, value in a_lead(1, status="won").items()}
    entered(sqlite_desk, **whole)
    assert records(sqlite_desk)["L1"]["status"] == "won"


def test_a_field_may_be_called_by_the_provider_or_by_its_column_and_the_map_reads_it(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    cents = ("Fee (cents)", [Transform("parse_money", {"unit": "cents"})])
    fields = {"external_id": "Lead ID", "occurred_at": "When", "fee": cents}
    an_approved_map(sqlite_desk, "site", a_map("lead", fields))
    entered(sqlite_desk, external_id="L1", When="2026-03-04 12:00:00Z", fee="1250")
    assert str(records(sqlite_desk)["L1"]["fee"]) == "12.500000"


@pytest.mark.parametrize(
    ("typed", "reason", "code"),
    [
        ({"id": "L1", "date": "2026-03-04"}, " ", "reason_missing"),
        ({"id": "L1", "date": "2026-03-04"}, "x" * 501, "too_long"),
        ({"id": "L1", "colour": "red"}, "down", "unknown_field"),
        ({"id": "L1", "external_id": "L2"}, "down", "field_twice"),
        ({"date": "2026-03-04"}, "down", "id_missing"),
        ({"id": "L1", "status": "won"}, "down", "field_missing"),
    ],
)
def test_what_cannot_be_entered_is_refused_and_leaves_nothing(
    sqlite_desk: Desk, typed: dict[str, str], reason: str, code: str
) -> None:
    a_lead_account(sqlite_desk)
    assert refused(sqlite_desk, typed, reason) == code
    assert not table_rows(sqlite_desk.app, integration_import_batches)


def test_a_typed_row_makes_no_day_complete(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    entered(sqlite_desk, id="L1", date="2026-03-04 12:00:00Z")
    shown = sqlite_desk.ask(admin(sqlite_desk), metrics.client_metrics, "acme", every="day")
    assert all(not value["complete"] for item in shown for value in item["values"])


def test_a_file_may_be_handed_in_in_the_providers_place_with_a_reason(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    told = Delivered("site", "lead", "screen.csv", a_csv([a_lead(1)]), kind=DeliveryKind.MANUAL)
    with pytest.raises(DeskError) as trouble:
        import_delivery(sqlite_desk, admin(sqlite_desk), told)
    assert code_of(trouble) == "reason_missing"


def two_months(desk: Desk) -> int:
    """March sealed as a baseline, April with one lead entered by hand among the provider's; the baseline."""
    a_lead_account(desk)
    for month, span in ((3, MARCH), (4, APRIL)):
        rows = [a_lead(100 * month + n, f"2026-{month:02d}-{n:02d}") for n in range(1, span.days + 1)]
        committed(desk, a_csv(rows), days=span)
    captured = desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", MARCH, "before")
    entered(desk, id="L999", date="2026-04-05 12:00:00Z", status="won")
    return int(captured["baseline"])


def everywhere(desk: Desk, baseline_id: int) -> dict[str, Any]:
    """What every place says of April."""
    me = admin(desk)
    loads = desk.ask(me, uploads.brought).loads
    compared = desk.ask(me, baseline.compare_with_baseline, "acme", "site.leads", baseline_id, APRIL)
    series = desk.ask(me, comparison_series.compare_by_step, "acme", "site.leads", baseline_id, APRIL, "week")
    shown = {
        item["metric"]: item["source"] for item in desk.ask(me, metrics.client_metrics, "acme", APRIL.first, APRIL.last)
    }
    found = desk.ask(me, find_records.find, "L999", desk.hash_key).records
    return {
        "list of loads": loads[0].file_name,
        "review": desk.ask(me, review.look_at, loads[0].id).delivery.file_name,
        "sentence": compared["sentence"],
        "comparison": series.source,
        "metrics": shown["site.leads"],
        "records": next(item.source_label for item in found if item.external_id == "L999"),
    }


def test_it_says_entered_by_hand_in_lists_review_comparison_metrics_and_records(any_desk: Desk) -> None:
    desk = any_desk
    baseline_id = two_months(desk)
    said = everywhere(desk, baseline_id)
    silent = [place for place, words in said.items() if HAND not in words.lower()]
    assert not silent
    assert "Part of the current period was entered by hand, not sent by the provider." in said["sentence"]
    march = desk.ask(admin(desk), metrics.client_metrics, "acme", MARCH.first, MARCH.last)
    assert all(HAND not in item["source"] for item in march), "March holds nothing entered by hand"


def test_the_providers_own_record_replaces_it_and_takes_the_label_away(sqlite_desk: Desk) -> None:
    baseline_id = two_months(sqlite_desk)
    before = slices(sqlite_desk, "site.leads")
    committed(sqlite_desk, a_csv([a_lead(999, "2026-04-05", status="lost")]))
    assert records(sqlite_desk)["L999"]["status"] == "lost" and slices(sqlite_desk, "site.leads") == before
    me = admin(sqlite_desk)
    compared = sqlite_desk.ask(me, baseline.compare_with_baseline, "acme", "site.leads", baseline_id, APRIL)
    assert HAND not in compared["sentence"]
    trace = sqlite_desk.ask(me, trace_record.trace_record, "crm_leads", records(sqlite_desk)["L999"]["id"])
    assert HAND not in trace.source_label and len(trace.history) == 2, "the story keeps the load that was typed"


def test_a_baseline_that_stands_on_it_goes_on_saying_so_although_it_was_undone(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    for month, span in ((3, MARCH), (4, APRIL)):
        rows = [a_lead(100 * month + n, f"2026-{month:02d}-{n:02d}") for n in range(1, span.days + 1)]
        committed(sqlite_desk, a_csv(rows), days=span)
    load = entered(sqlite_desk, id="L999", date="2026-03-05 12:00:00Z")
    captured = sqlite_desk.do(admin(sqlite_desk), baseline.capture_baseline, "acme", "site.leads", MARCH, "before")
    undo_load(sqlite_desk, admin(sqlite_desk), load, "typed twice")
    compared = sqlite_desk.ask(
        admin(sqlite_desk), baseline.compare_with_baseline, "acme", "site.leads", captured["baseline"], APRIL
    )
    assert "Part of the baseline was entered by hand" in compared["sentence"]


def test_the_same_may_be_typed_again_once_the_provider_said_something_else(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    committed(sqlite_desk, a_csv([a_lead(1)]))
    first = entered(sqlite_desk, id="L1", status="won")
    committed(sqlite_desk, a_csv([a_lead(1, status="lost")]))
    assert entered(sqlite_desk, id="L1", status="won") != first
    assert records(sqlite_desk)["L1"]["status"] == "won"


def test_typed_twice_before_anybody_decided_it_is_one_load(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    typed = [{"id": "L1", "date": "2026-03-04 12:00:00Z"}]
    first, again = (enter_rows(sqlite_desk, admin(sqlite_desk), "site", "lead", typed, "down") for _ in range(2))
    assert again["already_seen"] and again["load"] == first["load"]


def test_a_published_card_says_so_in_its_source_line_and_its_sentence(sqlite_desk: Desk) -> None:
    number = two_fortnights(sqlite_desk)
    entered(sqlite_desk, id="L9999", date=f"{NOW.first} 12:00:00Z", status="won")
    version = published(sqlite_desk, number)
    card = sqlite_desk.ask(admin(sqlite_desk), portal.portal, "acme").cards[0][0]
    assert card.source == "Site (in part entered by hand)" and version.sentence == card.sentence
    assert "Part of the current period was entered by hand" in card.sentence
