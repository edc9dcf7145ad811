"""The demo workspace: the same from the same seed, labelled, obviously invented, and with every promised trap in it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lib.demo import DemoDelivery, DemoWorkspace, demo_workspace

ORDINARY = date(2026, 3, 20)
# The first of a month has no running month; the second has one of a single day.
DAYS = [ORDINARY, date(2026, 3, 1), date(2026, 3, 2), date(2026, 1, 1), date(2028, 2, 29), date(2026, 11, 21)]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def demo(request: pytest.FixtureRequest) -> DemoWorkspace:
    return demo_workspace(request.param)


def of(demo: DemoWorkspace, name: str) -> list[DemoDelivery]:
    return [delivery for delivery in demo.deliveries if delivery.object == name]


def leads(demo: DemoWorkspace) -> list[dict[str, Any]]:
    return [lead for delivery in of(demo, "lead") for lead in json.loads(delivery.content)]


def calls(demo: DemoWorkspace) -> list[dict[str, Any]]:
    return [call for delivery in of(demo, "call") for call in json.loads(delivery.content)["data"]]


def table(delivery: DemoDelivery) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(delivery.content.decode(), newline="")))


def jobs(demo: DemoWorkspace) -> list[dict[str, Any]]:
    return [job for delivery in of(demo, "job") for job in table(delivery)]


def test_the_same_day_and_seed_give_the_same_bytes() -> None:
    assert demo_workspace(ORDINARY) == demo_workspace(ORDINARY)


def test_another_seed_gives_another_year() -> None:
    one, other = demo_workspace(ORDINARY), demo_workspace(ORDINARY, seed=7)
    assert [item.file_name for item in one.deliveries] == [item.file_name for item in other.deliveries]
    assert not {item.content for item in one.deliveries} & {item.content for item in other.deliveries}


def test_the_next_day_leaves_the_whole_months_as_they_were() -> None:
    today, tomorrow = demo_workspace(ORDINARY), demo_workspace(ORDINARY + timedelta(days=1))
    before = ORDINARY.replace(day=1)
    whole = [item for item in today.deliveries if item.days and item.days.last < before]
    assert len(whole) == 12 * 5 + 1
    assert whole == [item for item in tomorrow.deliveries if item.days and item.days.last < before]


def test_the_client_says_that_it_is_a_demo(demo: DemoWorkspace) -> None:
    assert "(demo data)" in demo.client_name
    assert all(account.reason.startswith("Demo data:") for account in demo.accounts)


def test_nobody_in_it_can_be_reached(demo: DemoWorkspace) -> None:
    for delivery in demo.deliveries:
        text = delivery.content.decode()
        assert set(re.findall(r"@([\w.-]+)", text)) <= {"example.com"}
        phones = re.findall(r"\b\d{3}5550?\d{4}\b|\(\d{3}\) \d{3}-\d{4}", text)
        assert all(re.fullmatch(r"\(?(207|603|978)\)? ?555-?01\d\d", phone) for phone in phones)
    assert all(account.owner.endswith("@example.com") for account in demo.accounts)
    assert all(re.fullmatch(r"(207|603|978)55501\d\d", lead["primaryPhone"]) for lead in leads(demo))
    assert all(re.fullmatch(r"(207|603|978)55501\d\d", call["leadCall"]["from"]) for call in calls(demo))


def test_it_is_a_year_up_to_yesterday_and_loads_in_seconds(demo: DemoWorkspace) -> None:
    yesterday = demo.today - timedelta(days=1)
    for name in ("lead", "call", "job", "quote_request"):
        days = {
            delivery.days.first + timedelta(days=step)
            for delivery in of(demo, name)
            if delivery.days
            for step in range(delivery.days.days)
        }
        assert len(days) == (max(days) - min(days)).days + 1 >= 365
        assert max(days) == yesterday
    rows = len(leads(demo)) + len(calls(demo)) + len(jobs(demo)) + sum(map(len, map(table, of(demo, "quote_request"))))
    assert 3000 < rows < 6000


def test_deliveries_stand_in_the_order_of_their_arrival(demo: DemoWorkspace) -> None:
    ends = [item.days.last for item in demo.deliveries if item.days and "(1)" not in item.file_name]
    assert ends == sorted(ends)
    assert len({item.file_name for item in demo.deliveries}) == len(demo.deliveries)


def test_only_the_newest_quote_requests_wait_in_review(demo: DemoWorkspace) -> None:
    waiting = [item for item in demo.deliveries if item.is_left_in_review]
    assert waiting == [demo.deliveries[-1]]
    assert waiting[0].object == "quote_request"


def test_angi_sends_tests_and_spam_every_month(demo: DemoWorkspace) -> None:
    for delivery in of(demo, "lead")[:12]:
        sent = json.loads(delivery.content)
        assert any(lead["email"] == "test@example.com" for lead in sent)
        assert any(lead["contactStatus"] == "Marked as spam" for lead in sent)


def test_angi_sells_one_request_under_several_lead_numbers(demo: DemoWorkspace) -> None:
    numbers = {lead["leadOid"]: lead["srOid"] for lead in leads(demo)}
    sold = Counter(numbers.values())
    assert sum(count > 1 for count in sold.values()) > 30
    assert len(sold) < len(numbers)


def test_angi_masks_phones_and_gives_leads_for_nothing(demo: DemoWorkspace) -> None:
    sent = leads(demo)
    assert 20 < sum(lead["primaryPhoneDetails"]["maskedNumber"] for lead in sent) < len(sent) / 5
    assert any(lead["fee"] == 0.0 for lead in sent)


def test_a_credit_decided_after_the_export_comes_with_the_next_one(demo: DemoWorkspace) -> None:
    states: dict[int, list[str]] = {}
    for lead in leads(demo):
        states.setdefault(lead["leadOid"], []).append(lead["creditStatus"])
    assert ["Requested", "Approved"] in states.values()
    assert ["Approved"] in states.values()


def test_angi_payloads_bring_no_time_of_their_own_but_a_receipt(demo: DemoWorkspace) -> None:
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", lead["received_at"]) for lead in leads(demo))


def test_calls_are_pages_of_the_api_and_one_broke_off(demo: DemoWorkspace) -> None:
    partial = [item for item in demo.deliveries if item.is_partial]
    assert [item.object for item in partial] == ["call"]
    for delivery in of(demo, "call"):
        page = json.loads(delivery.content)
        assert list(page) == ["page", "pageSize", "hasMore", "totalCount", "data"]
        assert page["hasMore"] is delivery.is_partial
        assert (len(page["data"]) < page["totalCount"]) is delivery.is_partial


def test_some_evening_calls_are_on_the_next_day_in_utc(demo: DemoWorkspace) -> None:
    zone = ZoneInfo(demo.timezone)
    moments = [datetime.fromisoformat(call["leadCall"]["receivedOn"]) for call in calls(demo)]
    assert all(moment.tzinfo is UTC for moment in moments)
    assert sum(moment.date() != moment.astimezone(zone).date() for moment in moments) > 10


def test_calls_and_jobs_stand_in_a_business_unit_not_to_be_used(demo: DemoWorkspace) -> None:
    assert any(call["businessUnit"]["name"].startswith("Z-DO NOT USE") for call in calls(demo))
    assert any(job["Business Unit"].startswith("Z-DO NOT USE") for job in jobs(demo))
    assert any(job["Customer Name"] == "Test Tester" for job in jobs(demo))


def test_a_job_comes_again_when_it_is_done(demo: DemoWorkspace) -> None:
    states: dict[str, list[str]] = {}
    for job in jobs(demo):
        states.setdefault(job["Job ID"], []).append(job["Job Status"])
    assert sum(found == ["Scheduled", "Completed"] for found in states.values()) > 20
    assert max(map(len, states.values())) == 2


def test_one_month_brings_a_status_that_nobody_mapped(demo: DemoWorkspace) -> None:
    months = [
        index
        for index, delivery in enumerate(of(demo, "job"))
        if any(job["Job Status"] == "Quoted" for job in table(delivery))
    ]
    assert months == [8]


def test_invoices_are_days_written_as_midnights_and_some_are_corrections(demo: DemoWorkspace) -> None:
    sent = [invoice for delivery in of(demo, "invoice") for invoice in json.loads(delivery.content)["data"]]
    assert all(invoice["invoiceDate"].endswith("T00:00:00Z") for invoice in sent)
    corrections = [invoice for invoice in sent if invoice["adjustmentToId"]]
    assert corrections
    assert all(Decimal(invoice["total"]) < 0 for invoice in corrections)
    assert {invoice["adjustmentToId"] for invoice in corrections} <= {invoice["id"] for invoice in sent}


def test_the_form_is_tried_out_spammed_and_sent_twice(demo: DemoWorkspace) -> None:
    for delivery in of(demo, "quote_request")[1:12]:
        entries = table(delivery)
        assert any(entry["Email Address"] == "test@example.com" for entry in entries)
        assert any(entry["Status"] == "Spam" for entry in entries)
        assert max(Counter(entry["Entry ID"] for entry in entries).values()) == 2


def test_the_form_writes_local_times_without_a_zone(demo: DemoWorkspace) -> None:
    for delivery in of(demo, "quote_request"):
        assert all(
            re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d [AP]M", entry["Entry Date"]) for entry in table(delivery)
        )


def test_an_old_file_is_sent_a_second_time(demo: DemoWorkspace) -> None:
    copies = [item for item in demo.deliveries if "(1)" in item.file_name]
    assert len(copies) == 1
    place = demo.deliveries.index(copies[0])
    originals = [item for item in demo.deliveries[:place] if item.content == copies[0].content]
    assert len(originals) == 1
    assert place - demo.deliveries.index(originals[0]) > 1


def test_one_file_has_a_ragged_line_and_a_day_no_calendar_has(demo: DemoWorkspace) -> None:
    broken = []
    for delivery in of(demo, "quote_request"):
        lines = list(csv.reader(io.StringIO(delivery.content.decode(), newline="")))
        ragged = [line for line in lines if len(line) != len(lines[0])]
        undated = [line for line in lines[1:] if line[1].startswith("31/31/")]
        if ragged or undated:
            broken.append((len(ragged), len(undated)))
    assert broken == [(1, 1)]


def test_the_form_changes_and_brings_more_requests_from_then_on(demo: DemoWorkspace) -> None:
    headers = [list(table(delivery)[0]) for delivery in of(demo, "quote_request") if "(1)" not in delivery.file_name]
    assert ["How soon?" in header for header in headers] == [False] * 7 + [True] * (len(headers) - 7)
    assert ["Street Address" in header for header in headers] == [True] * 7 + [False] * (len(headers) - 7)
    form, leads_of = demo.truth["harbor-quotes.quote_requests"], demo.truth["harbor-angi.paid_leads"]
    months = sorted(form)[:12]
    # Beside the leads, which know the same seasons and no new form.
    before, since = (
        float(sum(form[month] for month in part)) / float(sum(leads_of[month] for month in part))
        for part in (months[:7], months[7:])
    )
    assert since > before * 1.2


def test_weekdays_bring_more_than_sundays(demo: DemoWorkspace) -> None:
    zone = ZoneInfo(demo.timezone)
    days = Counter(
        datetime.fromisoformat(call["leadCall"]["receivedOn"]).astimezone(zone).weekday() for call in calls(demo)
    )
    assert days[0] > days[6] * 1.8


def test_counting_rows_without_a_thought_gives_another_number_than_the_truth(demo: DemoWorkspace) -> None:
    paid = sum(demo.truth["harbor-angi.paid_leads"].values())
    booked = sum(demo.truth["harbor-servicetitan.booked_calls"].values())
    done = sum(demo.truth["harbor-servicetitan.completed_jobs"].values())
    assert len(leads(demo)) > paid * Decimal("1.1")
    assert sum(call["leadCall"]["callType"] == "Booked" for call in calls(demo)) > booked
    assert sum(job["Job Status"] == "Completed" for job in jobs(demo)) > done


def test_every_field_that_is_left_out_has_a_reason(demo: DemoWorkspace) -> None:
    assert all(len(reason) > 20 for account in demo.accounts for reason in account.ignored.values())
