"""What a person may ask of the desk: everything about them is found, handed out, and erased; the numbers stay."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lib.db.tables.audit import audit_log
from lib.db.tables.payloads import payload_chunks
from lib.db.tables.privacy import erased_people, erasures
from lib.db.tables.receipts import incoming_lead_bodies
from lib.db.tables.records import crm_leads
from lib.db.tables.reports import report_metrics
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.access.privacy import Sought
from lib.domain.hooks import Receipt
from lib.domain.imports import DateRange
from lib.domain.maps import Sensitivity
from lib.domain.metrics import MetricTemplate
from lib.domain.people import Actor, Role
from lib.domain.rows.fixes import CellEdit, DecisionKind
from lib.errors import DeskError, NotAllowed
from lib.mapping.packing import unpack
from lib.pipeline.leaving import leaving_file
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.fixing import fix_cells
from lib.pipeline.privacy import erasing
from lib.pipeline.privacy.erasing import Erased, erase
from lib.pipeline.privacy.exporting import export_of
from lib.pipeline.privacy.finding import FoundPerson, find_person_everywhere, narrowed
from lib.pipeline.privacy.person_file import person_wanted
from lib.pipeline.publishing.metric_changes import add_metric
from lib.services.counting import baseline, roll_up
from lib.services.people import download_tickets
from lib.services.privacy import find_person
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    desk_on,
    everything,
    import_file,
    records,
    slices,
    table_rows,
)
from tests.ledger import require_sound

PHONE, EMAIL, NAME = "303-555-0142", "Rosa.Quick@mail.example", "Rosa Quickly"
SPELLED = ["(303) 555-0142", "+1 303.555.0142", "13035550142", "3035550142"]
# What nobody else of these scenes is called by: digits and letters alone, as a search of every cell compares them.
_DIGITS, _WORDS = "3035550142", ("rosaquick@mail", "rosa.quick@mail", "rosaquickly")
FIELDS = {**LEAD_FIELDS, "description": "note"}
SPAN = DateRange(date(2026, 3, 1), date(2026, 3, 10))


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        yield opened


@pytest.fixture
def sqlite_desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened


def hers(number: int, **more: object) -> dict[str, object]:
    """A row that is hers."""
    own = {"name": NAME, "phone": PHONE, "email": EMAIL, "address": "12 Elm Street"}
    return a_lead(number, **{**own, **more})


def an_office(desk: Desk, key: str = "site", client: str = "acme") -> None:
    """An account of leads that keeps notes."""
    an_account(desk, key, client=client)
    an_approved_map(desk, key, a_map("lead", FIELDS))


def sought(desk: Desk, actor: Actor, phone: str = PHONE, email: str = EMAIL, name: str = NAME) -> Sought:
    given_names = [[item] if item else [] for item in (phone, email, name)]
    return desk.ask(actor, find_person.asked_for, *given_names)


def found(desk: Desk, actor: Actor | None = None, **who: str) -> FoundPerson:
    by = actor or admin(desk)
    return find_person_everywhere(desk, by, sought(desk, by, **who))


def erased(desk: Desk, actor: Actor | None = None, *, by_name: bool = True) -> list[Erased]:
    by = actor or admin(desk)
    return erase(desk, by, sought(desk, by), "asked by letter on 3 March", by_name=by_name)


def speaks(value: object) -> bool:
    """Whether a value holds a mark of hers, told without the code that looks for them."""
    text = str(value).casefold()
    digits, plain = re.sub(r"[^0-9]", "", text), re.sub(r"[^a-z@.]", "", text)
    return _DIGITS in digits or any(word in plain or word in plain.replace(".", "") for word in _WORDS)


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a cell: what is packed is unpacked, what is nested is opened."""
    if isinstance(value, bytes):
        try:
            body = zstandard.decompress(value)
        except zstandard.ZstdError:
            yield value.decode(errors="replace")
            return
        try:
            for line in unpack(value).to_pylist():
                yield from texts_in(line)
        except Exception:
            yield body.decode(errors="replace")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from (*texts_in(name), *texts_in(item))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)
    elif isinstance(value, str):
        yield value


def traces_of_her(desk: Desk) -> list[str]:
    """Every column of every row of both databases, and every byte of the desk's own folder, that says anything of her."""
    spoken = [
        f"{name}.{column}"
        for name, lines in everything(desk).items()
        for line in lines
        for column, value in line.items()
        if any(speaks(text) for text in texts_in(value))
    ]
    marks = [PHONE.encode(), _DIGITS.encode(), b"Quickly", b"osa.quick@", b"osa.Quick@"]
    for path in desk.settings.home.rglob("*"):
        if path.is_file() and any(mark in path.read_bytes() for mark in marks):
            spoken.append(path.name)
    return spoken


def numbers(desk: Desk) -> list[dict[str, Any]]:
    return table_rows(desk.app, report_metrics, frozenset({"rolled_up_at"}))


@pytest.mark.parametrize("spelled", SPELLED)
def test_a_person_is_found_by_a_phone_in_any_spelling(sqlite_desk: Desk, spelled: str) -> None:
    an_office(sqlite_desk)
    committed(sqlite_desk, a_csv([a_lead(1), hers(2), a_lead(3, note=f"she rings from {spelled} as a rule")]))
    seen = found(sqlite_desk, phone=spelled, email="", name="")
    assert seen.counts["records"] == 1
    assert seen.counts["rows"] == 1
    # The note speaks of her, and is about somebody else.
    assert [item.columns for item in seen.traces.sightings if item.key == {"id": 3}] == [("description",)]


def test_everything_is_found_wherever_it_lies(desk: Desk) -> None:
    an_office(desk)
    boss = admin(desk)
    load = committed(desk, a_csv([a_lead(1), hers(2)]))["load"]
    waiting = import_file(
        desk, a_csv([hers(5, phone="", email="", note="thanks"), a_lead(6)]), file_name="Rosa Quickly.csv"
    )["load"]
    fix_cells(desk, boss, waiting, [CellEdit(0, "note", f"ring {PHONE}")], f"{NAME} asked us to")

    def leave(tx: UnitOfWork) -> None:
        account = tx.accounts.by_key("site")
        tx.decisions.add_decision(tx.loads.by_id(load), DecisionKind.HOLD, [0], f"{EMAIL} asked")
        tx.tasks.open_task(account, "drift", "drift:x", f"Ask {NAME}.", "field_maps", {"values": [NAME]})
        body = orjson.dumps({"id": "L9", "date": "2026-03-04", "name": NAME, "phone": _DIGITS, "status": "new"})
        receipt = Receipt(account.id, account.client_id, "k", event="", body=body, content_hash="x", received_at=tx.now)
        tx.receipts.add_receipts({receipt: 1})

    desk.do(boss, leave)
    seen = found(desk)
    assert seen.counts["records"] == 1
    assert {load: {1}, waiting: {0}} == seen.traces.rows
    assert (seen.counts["files"], seen.counts["receipts"]) == (2, 1)
    places = {item.table for item in seen.traces.sightings}
    assert {"crm_leads", "integration_import_batches", "row_edits", "row_decisions", "tasks"} <= places
    told = orjson.loads(export_of(desk, boss, seen))
    assert told["records"][0]["phone"] == "+13035550142"
    assert {row["as_it_came"]["address"] for row in told["rows"]} == {"12 Elm Street"}
    assert told["webhooks_waiting"][0]["body"]["name"] == NAME
    assert f"{NAME} asked us to" in {text["text"] for text in told["texts"]}
    # Erased, with the webhook that waits keeping its day, so that it still counts.
    assert erased(desk)[0].report.is_finished
    left = set(traces_of_her(desk))
    # What people wrote into the log of who did what is kept as it was sealed, and said.
    assert left - {"desk.db", "desk.db-wal"} <= {"audit_log.detail"}, left
    assert orjson.loads(table_rows(desk.app, incoming_lead_bodies)[0]["body"]) == {
        "id": "L9", "date": "2026-03-04", "name": "", "phone": "", "status": "new"
    }  # fmt: skip
    approve(desk, boss, waiting)
    assert records(desk)["L5"]["name"] is None


def test_what_is_known_leaves_by_the_download_route_and_the_address_says_nothing(sqlite_desk: Desk) -> None:
    an_office(sqlite_desk)
    committed(sqlite_desk, a_csv([a_lead(1), hers(2)]))
    boss = admin(sqlite_desk)
    wanted = person_wanted(sqlite_desk, sought(sqlite_desk, boss))
    ticket = sqlite_desk.do(boss, download_tickets.issue_ticket, wanted, sqlite_desk.hash_key)
    said = base64.urlsafe_b64decode(f"{ticket.partition('.')[0]}==").decode()
    assert not speaks(said)
    file = leaving_file(sqlite_desk, boss, wanted, sqlite_desk.settings.var)
    assert isinstance(file.content, bytes)
    assert [record["external_id"] for record in orjson.loads(file.content)["records"]] == ["L2"]
    with pytest.raises(NotAllowed):
        leaving_file(
            sqlite_desk, a_person(sqlite_desk, "a@acme.example", Role.ANALYST), wanted, sqlite_desk.settings.var
        )
    noted = [(row["action"], speaks(row["detail"])) for row in table_rows(sqlite_desk.app, audit_log)]
    assert ("person exported", False) in noted


def test_an_erasure_changes_no_number_and_an_undo_still_works(desk: Desk) -> None:
    an_office(desk)
    boss = admin(desk)
    committed(desk, a_csv([a_lead(1), hers(2), hers(3, day="2026-03-05")]), days=SPAN)
    sealed = desk.do(boss, baseline.capture_baseline, "acme", "site.leads", SPAN, "before the new form")["baseline"]
    second = committed(desk, a_csv([a_lead(1), hers(2, status="won", fee="12.50")]))["load"]
    before = numbers(desk)
    report = erased(desk)[0].report
    assert report.is_finished
    assert report.counts["records"] == 2
    assert traces_of_her(desk) == []
    assert numbers(desk) == before
    require_sound(desk)
    held = records(desk)["L2"]
    assert (held["status"], held["fee"], held["name"], held["phone"], held["email"]) == ("won", 12.5, None, None, None)
    # Refused where the seal does not cover what there is.
    compared = desk.ask(boss, baseline.compare_with_baseline, "acme", "site.leads", sealed, SPAN)
    assert compared["baseline"]["sealed"] if "sealed" in compared["baseline"] else compared["sentence"]
    undone = undo_load(desk, boss, second, "taken by mistake")
    assert (undone["reversed"], undone["kept"], undone["could_not"]) == (1, 0, 0)
    assert (records(desk)["L2"]["status"], records(desk)["L2"]["name"]) == ("new", None)
    assert traces_of_her(desk) == []


def test_somebody_erased_is_emptied_again_when_they_come_again(desk: Desk) -> None:
    an_office(desk)
    file = a_csv([a_lead(1), hers(2)])
    committed(desk, file)
    erased(desk)
    # The same file again, a changed row, and one that was not known.
    again = committed(desk, a_csv([a_lead(1), hers(2), hers(7)]))
    assert again["verdicts"]["ignored"] == 2
    assert again["verdicts"]["created"] == 1
    committed(desk, a_csv([hers(2, status="won")]))
    import_file(desk, file)
    assert records(desk)["L2"]["status"] == "won"
    assert {row["phone"] for key, row in records(desk).items() if key != "L1"} == {None}
    assert traces_of_her(desk) == []
    kept = {row["delivery_id"] for row in table_rows(desk.app, payload_chunks) if row["kind"] == "file"}
    assert kept == set()


def test_an_erasure_that_was_stopped_anywhere_goes_on_and_ends_the_same(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_office(sqlite_desk)
    # Only a cell that no map reads says that the third is hers: once it is empty nothing points at her there.
    committed(sqlite_desk, a_csv([a_lead(1), hers(2), a_lead(3, name="Mrs Q.", other=SPELLED[0])]))
    committed(sqlite_desk, a_csv([hers(2, status="won"), a_lead(4, note=f"neighbour of {NAME}")]))
    whole = erasing._noted
    batches = 0

    def stopping(tx: UnitOfWork, number: int, work: erasing.Work) -> erasing.Counts:
        nonlocal batches
        batches -= 1
        if batches < 0:
            raise KeyboardInterrupt
        return whole(tx, number, work)

    monkeypatch.setattr(erasing, "_noted", stopping)
    # Each try comes some batches further than the one before, and the last one to the end.
    for further in (0, 1, 2, 2, 3, 4, 60):
        batches = further
        try:
            done = erased(sqlite_desk)
            break
        except KeyboardInterrupt:
            continue
    assert further == 60
    assert done[0].report.is_finished
    assert len([row for row in table_rows(sqlite_desk.app, erasures) if row["step"] == "begun"]) == 1
    assert records(sqlite_desk)["L3"]["name"] is None
    assert traces_of_her(sqlite_desk) == []


@st.composite
def files(draw: st.DrawFn) -> list[list[dict[str, object]]]:
    """Files of a few rows, in which she stands in some, under this spelling or that."""
    phone, email = st.sampled_from([*SPELLED, ""]), st.sampled_from([EMAIL, EMAIL.upper(), ""])
    name = st.sampled_from([NAME, "QUICKLY, Rosa", "rosa  quickly", ""])
    note = st.sampled_from(["", f"ring {SPELLED[1]} after six", f"<{EMAIL}> wrote", "nothing of note"])
    number = st.integers(1, 4)
    row = st.one_of(
        st.builds(lambda n, p, e, m, t: hers(n, phone=p, email=e, name=m, note=t), number, phone, email, name, note),
        st.builds(
            lambda n, t, day: a_lead(n, day=day, note=t), number, note, st.sampled_from(["2026-03-04", "2026-03-05"])
        ),
    )
    return draw(st.lists(st.lists(row, min_size=1, max_size=4), min_size=1, max_size=3))


def _few(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


_CLIENTS = (f"road{number}" for number in itertools.count())


def _walk(desk: Desk, brought: list[list[dict[str, object]]], last: str) -> None:
    """Files brought to a client of their own, so that one desk serves for all of them."""
    key = next(_CLIENTS)
    an_office(desk, key, client=key)
    loads = [import_file(desk, a_csv(rows), key)["load"] for rows in brought]
    for load in loads[:-1] if last == "waits" else loads:
        approve(desk, admin(desk), load)
    if last == "undone":
        undo_load(desk, admin(desk), loads[-1], "taken by mistake")
    before = numbers(desk)
    assert erased(desk, narrowed(desk, admin(desk), key))[0].report.is_finished
    assert traces_of_her(desk) == []
    assert numbers(desk) == before
    if last == "stands":
        # Counted from nothing they are the same.
        desk.do(admin(desk), roll_up.rebuild, key, "lead")
        assert numbers(desk) == before
    require_sound(desk)


@_few(5)
@given(brought=files(), last=st.sampled_from(["stands", "waits", "undone"]))
def test_no_trace_of_her_is_left_in_any_desk(
    sqlite_desk: Desk, brought: list[list[dict[str, object]]], last: str
) -> None:
    _walk(sqlite_desk, brought, last)


@pytest.mark.prove
@_few(60)
@given(brought=files(), last=st.sampled_from(["stands", "waits", "undone"]))
def test_no_trace_of_her_is_left_in_any_of_many_desks(
    desk: Desk, brought: list[list[dict[str, object]]], last: str
) -> None:
    _walk(desk, brought, last)


def test_an_owner_finds_and_erases_within_their_clients_only(sqlite_desk: Desk) -> None:
    for client in ("acme", "bolt"):
        an_office(sqlite_desk, f"{client}_site", client)
        committed(sqlite_desk, a_csv([a_lead(1), hers(2)]), f"{client}_site")
    owner = a_person(sqlite_desk, "owner@acme.example", Role.OWNER, "acme")
    assert found(sqlite_desk, owner).counts["records"] == 1
    with pytest.raises(DeskError):
        narrowed(sqlite_desk, owner, "bolt")
    erased(sqlite_desk, owner)
    names = {
        row["client_id"]: row["name"] for row in table_rows(sqlite_desk.app, crm_leads) if row["external_id"] == "L2"
    }
    assert sorted(map(str, names.values())) == ["None", NAME]
    assert found(sqlite_desk, narrowed(sqlite_desk, admin(sqlite_desk), "bolt")).counts["records"] == 1
    # Nor is she kept out of what the other client imports.
    committed(sqlite_desk, a_csv([hers(9)]), "bolt_site")
    assert NAME in {row["name"] for row in table_rows(sqlite_desk.app, crm_leads) if row["external_id"] == "L9"}


@pytest.mark.parametrize("role", [Role.ANALYST, Role.STAKEHOLDER])
def test_nobody_else_may_look_for_a_person(sqlite_desk: Desk, role: Role) -> None:
    an_office(sqlite_desk)
    somebody = a_person(sqlite_desk, f"{role}@acme.example", role, "acme")
    who = sought(sqlite_desk, admin(sqlite_desk))
    for ask in (
        lambda: sought(sqlite_desk, somebody),
        lambda: find_person_everywhere(sqlite_desk, somebody, who),
        lambda: erase(sqlite_desk, somebody, who, "out of spite"),
    ):
        with pytest.raises(DeskError) as refused:
            ask()
        assert isinstance(refused.value, NotAllowed) or role is Role.STAKEHOLDER


def test_a_name_alone_is_found_and_left_alone(sqlite_desk: Desk) -> None:
    an_office(sqlite_desk)
    committed(sqlite_desk, a_csv([hers(1, phone="", email=""), hers(2)]))
    assert found(sqlite_desk).counts["records"] == 2
    erased(sqlite_desk, by_name=False)
    assert records(sqlite_desk)["L1"]["name"] == NAME
    assert records(sqlite_desk)["L2"]["name"] is None
    boss = admin(sqlite_desk)
    with pytest.raises(DeskError) as refused:
        erase(sqlite_desk, boss, sought(sqlite_desk, boss, "", ""), "asked")
    assert code_of(refused) == "nobody_named"


def test_a_reason_that_keeps_the_person_is_refused(sqlite_desk: Desk) -> None:
    an_office(sqlite_desk)
    committed(sqlite_desk, a_csv([hers(1)]))
    boss = admin(sqlite_desk)
    for reason, code in (("", "reason_missing"), (f"{NAME.upper()} wrote", "reason_names_them")):
        with pytest.raises(DeskError) as refused:
            erase(sqlite_desk, boss, sought(sqlite_desk, boss), reason, by_name=True)
        assert code_of(refused) == code
    assert records(sqlite_desk)["L1"]["name"] == NAME


def test_the_report_and_the_log_hold_nobodys_name(sqlite_desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    an_office(sqlite_desk)
    committed(sqlite_desk, a_csv([hers(1)]))
    with caplog.at_level(logging.DEBUG):
        erased(sqlite_desk)
    assert not any(speaks(line.getMessage()) for line in caplog.records)
    told = [*table_rows(sqlite_desk.app, erasures), *table_rows(sqlite_desk.app, erased_people)]
    assert {row["kind"] for row in told if "kind" in row} == {"phone", "email"}
    assert told
    assert not any(speaks(text) for row in told for text in texts_in(list(row.values())))


def test_an_id_that_is_her_address_is_one_id_still(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk, "site")
    an_approved_map(sqlite_desk, "site", a_map("lead", {**FIELDS, "external_id": "email"}))
    file = [a_lead(1), hers(2, email=EMAIL.lower())]
    committed(sqlite_desk, a_csv(file))
    before = slices(sqlite_desk, "site.leads")
    erased(sqlite_desk)
    assert traces_of_her(sqlite_desk) == []
    again = committed(sqlite_desk, a_csv([*file, a_lead(3)]))
    assert (again["verdicts"]["created"], again["verdicts"]["ignored"]) == (1, 2)
    assert sum(slices(sqlite_desk, "site.leads").values()) == sum(before.values()) + 1
    assert traces_of_her(sqlite_desk) == []


def test_what_a_metric_tells_records_apart_by_stays(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk, "site")
    rules = a_map("lead", {**FIELDS, "location": "town", "service": "wish"})
    personal = [
        dataclasses.replace(rule, sensitivity=Sensitivity.CONFIDENTIAL)
        if rule.target in ("name", "location", "service")
        else rule
        for rule in rules.fields
    ]
    an_approved_map(sqlite_desk, "site", dataclasses.replace(rules, fields=tuple(personal)))
    boss = admin(sqlite_desk)
    template = MetricTemplate(
        "towns", "Leads by town", "lead", "leads", "people who asked, told apart by their town", dimension="location"
    )
    add_metric(sqlite_desk, boss, "site", template)
    file = [a_lead(1, town="Elm"), hers(2, town="Oak", wish="a bath")]
    committed(sqlite_desk, a_csv(file), days=SPAN)
    before = numbers(sqlite_desk)
    erased(sqlite_desk)
    held = records(sqlite_desk)["L2"]
    assert (held["name"], held["service"], held["location"]) == (None, None, "Oak")
    assert sqlite_desk.do(boss, roll_up.rebuild, "site", "lead")
    assert numbers(sqlite_desk) == before
    assert traces_of_her(sqlite_desk) == []


def test_what_is_told_of_her_lead_elsewhere_goes_with_it(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk, "site", signals={"lead": "form_lead", "lead_event": "form_lead"})
    an_approved_map(sqlite_desk, "site", a_map("lead", FIELDS))
    event = {"external_id": "id", "occurred_at": "date", "lead_id": "lead", "event_type": "kind", "description": "said"}
    an_approved_map(sqlite_desk, "site", a_map("lead_event", event))
    committed(sqlite_desk, a_csv([a_lead(1), hers(2)]))
    said = [
        {"id": f"E{n}", "date": "2026-03-05 12:00:00Z", "lead": f"L{n}", "kind": "called", "said": f"word {n}"}
        for n in (1, 2)
    ]
    committed(sqlite_desk, a_csv(said), name="lead_event")
    erased(sqlite_desk)
    told = {
        key: (row["description"], row["event_type"]) for key, row in records(sqlite_desk, "crm_lead_events").items()
    }
    assert told == {"E1": ("word 1", "called"), "E2": (None, "called")}


def test_a_text_that_may_not_be_changed_is_said(sqlite_desk: Desk) -> None:
    an_office(sqlite_desk)
    load = committed(sqlite_desk, a_csv([hers(1)]))["load"]
    undo_load(sqlite_desk, admin(sqlite_desk), load, f"{NAME} is no lead")
    done = erased(sqlite_desk)[0]
    assert done.report.is_finished
    assert [place for place, _ in done.staying if place.startswith("audit_log")]
    assert done.report.counts["staying"] == 1
    assert set(traces_of_her(sqlite_desk)) - {"desk.db", "desk.db-wal"} == {"audit_log.detail"}


def test_a_file_left_behind_in_the_desks_folder_goes(sqlite_desk: Desk) -> None:
    an_office(sqlite_desk)
    committed(sqlite_desk, a_csv([a_lead(1)]))
    folder = sqlite_desk.settings.var / "uploads"
    folder.mkdir(parents=True)
    (folder / "x.part").write_bytes(a_csv([hers(2)]))
    young = erased(sqlite_desk)[0]
    assert "uploads/x.part" in {place for place, _ in young.staying}
    later = dataclasses.replace(sqlite_desk, clock=lambda: sqlite_desk.clock().replace(year=2100))
    erased(later)
    assert list(folder.iterdir()) == []
