"""Every documented payload and every template's example: verified, stored, classed and loaded by the common road."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from lib.db.tables.imports import data_import_batches
from lib.db.tables.receipts import incoming_lead_bodies, incoming_lead_logs
from lib.db.unit_of_work import Desk
from lib.domain.objects import Destination, object_type
from lib.intake.reading import read_bytes
from lib.pipeline.intake.receipts import group_receipts
from lib.pipeline.loading.decisions import approve
from lib.providers import TEMPLATES
from lib.providers.senders import SENDERS
from lib.services.mapping import maps
from lib.services.setup import account_settings
from tests.builders import admin, an_account, an_approved_map, desk_on, everything, records, shared_data, table_rows
from tests.hooking import NOW, SECRET, HandClock, door_on, signed

CALLRAIL_KEY, CALLRAIL_SIGNATURE = "072e77e426f92738a72fe23c4d1953b4", "UZAHbUdfm3GqL7qzilGozGzWV64="
GOOGLE_KEY = "xfdgdgsgfchgvhgfchg"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path, clock: HandClock) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path, clock) as opened:
        yield opened


@dataclass(frozen=True)
class Case:
    """One payload: who sends it, into which template and object, and the class it must be given."""

    provider: str
    object: str
    sender: str
    body: bytes
    row_class: str = "genuine"
    secret: str = SECRET
    headers: dict[str, str] | None = None


def accepted(desk: Desk, monkeypatch: pytest.MonkeyPatch, clock: HandClock, case: Case) -> dict[str, Any]:
    """An account that takes it, and the load that comes of it."""
    chosen = object_type(case.object).destination if case.provider == "other" else None
    an_account(desk, "site", provider=case.provider, destination=chosen)
    monkeypatch.setenv("SITE_SECRET", case.secret)
    return taken_in(desk, clock, case)


def taken_in(desk: Desk, clock: HandClock, case: Case) -> dict[str, Any]:
    """Post it, refuse it with a byte more, map what came by the desk's own suggestion, and give the load."""
    boss, sender = admin(desk), SENDERS[case.sender]
    settings = {"webhook_secret": "env:SITE_SECRET", "hook.object": case.object, "hook.sender": case.sender}
    desk.do(boss, account_settings.set_account, "site", settings)
    headers = case.headers or signed(sender, case.body, clock.now, f"msg_{case.object}", case.secret)
    guessed = {sender.header: "guess"} if sender.scheme == "shared_key_header" else {}
    with door_on(desk) as client:
        answer = client.post(f"/hooks/site?token={case.secret}", content=case.body, headers=headers)
        assert answer.status_code == sender.success.status, answer.text
        spoiled = client.post("/hooks/site?token=guess", content=case.body + b" ", headers=headers | guessed)
        if sender.scheme != "shared_key_body":
            assert spoiled.status_code == 401
    (stored,) = table_rows(desk.app, incoming_lead_bodies)
    sample = next(read_bytes(stored["body"], "sample.json").batches(9)).frame
    an_approved_map(desk, "site", desk.ask(boss, maps.suggest_map, "site", case.object, sample))
    clock.move_on(seconds=61)
    assert group_receipts(desk, boss) == 1
    from lib.entrypoints.worker import Worker

    Worker(desk, "test").run(is_until_idle=True)
    load = max(table_rows(desk.app, data_import_batches), key=itemgetter("id"))
    assert (load["status"], load["row_count"]) == ("in_review", 1)
    grouped = [row for row in table_rows(desk.app, incoming_lead_logs) if row["status"] == "grouped"]
    assert max(grouped, key=itemgetter("id"))["row_class"] == case.row_class
    return load


def committed(desk: Desk, monkeypatch: pytest.MonkeyPatch, clock: HandClock, case: Case) -> dict[str, Any]:
    """The one record that came of it."""
    load = accepted(desk, monkeypatch, clock, case)
    assert load["created_count"] == 1, load
    approve(desk, admin(desk), load["id"])
    (record,) = records(desk).values()
    return record


def documented(*path: str) -> bytes:
    return shared_data("payloads", *path).read_bytes()


@pytest.mark.parametrize("name", ["angi_lead_integration_api_full_2026", "angi_minimal_optional_absent"])
def test_angi(desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    body = documented("angi", f"{name}.json")
    record = committed(desk, monkeypatch, clock, Case("angi", "lead", "angi", body))
    assert record["external_id"] == str(json.loads(body)["leadOid"])
    # The payload has no time of its own: what counts is when it came, not when it was grouped.
    assert record["occurred_at"] == NOW


def test_callrail_with_its_published_signature(desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    body = documented("callrail", "post_call_signature_vector.body")
    case = Case("callrail", "call", "callrail", body, "genuine", CALLRAIL_KEY, {
        "Signature": CALLRAIL_SIGNATURE, "content-type": "application/json",
    })  # fmt: skip
    record = committed(desk, monkeypatch, clock, case)
    assert record["external_id"] == "766970532"


def test_standard_webhooks_with_the_published_signature(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vector = json.loads(documented("standard_webhooks", "test_vector.json"))
    clock.now = datetime.fromtimestamp(int(vector["headers"]["webhook-timestamp"]), UTC)
    headers = vector["headers"] | {"content-type": "application/json"}
    case = Case("other", "lead", "standard", vector["body"].encode(), "genuine", vector["secret"], headers)
    accepted(desk, monkeypatch, clock, case)


@pytest.mark.parametrize(
    ("name", "row_class"),
    [
        ("production_lead_documented", "genuine"),
        ("test_lead_documented_capital_Google_key", "test"),
        ("test_lead_captured_ui_button", "test"),
    ],
)
def test_google_and_its_key_lies_nowhere_in_the_database(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch, name: str, row_class: str
) -> None:
    body = documented("google_ads_lead_form", f"{name}.json").replace(b'"<secret>"', f'"{GOOGLE_KEY}"'.encode())
    case = Case("quote_request", "quote_request", "google_ads", body, row_class, GOOGLE_KEY)
    record = committed(desk, monkeypatch, clock, case)
    assert record["row_class"] == row_class
    assert record["external_id"] == json.loads(body)["lead_id"]
    held = str(everything(desk)) + "".join(
        b"".join(desk.ask(admin(desk), lambda tx, row=row: list(tx.payloads.pieces(row["delivery_id"])))).decode()
        for row in table_rows(desk.app, incoming_lead_logs)
        if row["delivery_id"]
    )
    assert json.loads(body)["lead_id"] in held
    assert GOOGLE_KEY not in held
    assert "google_key" not in held.lower()


@pytest.mark.parametrize(
    ("sender", "path", "email"),
    [
        ("typeform", ("typeform", "form_response.json"), "laura@example.com"),
        ("webflow", ("webflow", "form_submission_v2.json"), "zaphod@heartofgold.ai"),
    ],
)
def test_form_builders(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch, sender: str, path: tuple[str, str], email: str
) -> None:
    record = committed(desk, monkeypatch, clock, Case("quote_request", "quote_request", sender, documented(*path)))
    assert record["email"] == email


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("jpm_jobs", "job"),
        ("telecom_calls", "call"),
        # The others come the same way, in `make prove`.
        pytest.param("crm_bookings", "booking", marks=pytest.mark.prove),
        pytest.param("crm_leads", "lead", marks=pytest.mark.prove),
        pytest.param("crm_customers", "customer", marks=pytest.mark.prove),
        pytest.param("accounting_invoices", "invoice", marks=pytest.mark.prove),
    ],
)
def test_servicetitan_objects(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch, path: str, name: str
) -> None:
    page = json.loads(documented("servicetitan", f"{path}_get_200_spec_example.json"))
    # The documents hold shapes, not values ("string", 0), so the rows fail; they are in the load with why.
    load = accepted(
        desk, monkeypatch, clock, Case("servicetitan", name, "servicetitan", json.dumps(page["data"][0]).encode())
    )
    assert load["created_count"] + load["failed_count"] == 1


# What a provider sends into one of the two databases; another provider sends into either.
SENT = [
    (item.key, destination)
    for item in TEMPLATES.values()
    for destination in dict.fromkeys(object_type(offered.object).destination for offered in item.objects)
]


@pytest.mark.parametrize(("provider", "destination"), SENT)
def test_an_example_of_every_template(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch, provider: str, destination: Destination
) -> None:
    """The first object of each; the others go the same way, in `make prove`."""
    the_examples_come_in(desk, clock, monkeypatch, provider, destination, how_many=1)


@pytest.mark.prove
@pytest.mark.parametrize(("provider", "destination"), SENT)
def test_the_examples_of_every_template(
    desk: Desk, clock: HandClock, monkeypatch: pytest.MonkeyPatch, provider: str, destination: Destination
) -> None:
    the_examples_come_in(desk, clock, monkeypatch, provider, destination)


def the_examples_come_in(
    desk: Desk,
    clock: HandClock,
    monkeypatch: pytest.MonkeyPatch,
    provider: str,
    destination: Destination,
    how_many: int | None = None,
) -> None:
    template = TEMPLATES[provider]
    an_account(desk, "site", provider=provider, destination=destination if provider == "other" else None)
    monkeypatch.setenv("SITE_SECRET", SECRET)
    sent = [offered for offered in template.objects if object_type(offered.object).destination is destination]
    for offered in sent[:how_many]:
        body = json.dumps(offered.example).encode()
        case = Case(provider, offered.object, template.sender or "standard", body)
        assert taken_in(desk, clock, case)["created_count"] == 1, offered.object
