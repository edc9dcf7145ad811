"""A desk of two clients that are alike, the first of which holds a mark in every column where somebody's words can stand.

Most marks come in by the road itself, as cells of files and texts of people; what is left over is written behind the
desk, so that no column is without one.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import DateRange
from lib.domain.maps import IgnoredField
from lib.domain.people import Actor, Role
from lib.domain.rows.fixes import CellEdit, DecisionKind, WhichRows
from lib.domain.tasks import UNSEEN_VALUE
from lib.errors import DeskError
from lib.mapping.drafts import MapDraft
from lib.pipeline.loading.fixing import decide, fix_cells
from lib.pipeline.setup.setup_test import try_account
from lib.services.counting import baseline
from lib.services.mapping import kept_drafts, map_desk
from lib.services.people import people
from lib.services.publishing import change_notes
from lib.services.setup import account_settings
from tests.builders import a_csv, a_map, admin, an_account, an_approved_map, committed, import_file
from tests.hooking import SECRET, a_body, door_on, standard
from tests.published import BEFORE, NOW, at_day, published, set_live
from tests.security.canary_marks import API_KEY, MARKED, REMOVED, a_phone, mark
from tests.security.canary_planting import planted

ADMIN = "ada@desk.example"
OTHER = "globex"
_ACCOUNTS = {MARKED: "site", OTHER: "shop"}
_FIELDS = {
    "external_id": "id",
    "occurred_at": "date",
    "modified_at": "modified",
    "name": "name",
    "first_name": "first",
    "last_name": "last",
    "company": "company",
    "phone": "phone",
    "secondary_phone": "phone2",
    "email": "email",
    "address": "address",
    "city": "city",
    "description": "said",
    "campaign": "campaign",
    "location": "branch",
    "assigned_to": "agent",
    "status": "status",
    "fee": "fee",
}
HOOK_SECRET = "ACME_HOOK_SECRET"


def address_of(role: str, client: str) -> str:
    """The e-mail address of a person of a client; those of the marked client are marks themselves."""
    if client != MARKED or role == REMOVED:
        return f"{role}@{client}.example"
    return f"{role}.{mark('stakeholder.email' if role == Role.STAKEHOLDER else 'people.email')}@acme.example"


def made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill an empty desk on SQLite."""
    secrets_set(desk, monkeypatch)
    boss = admin(desk)
    desk.do(boss, people.add_person, ADMIN, Role.ADMIN)
    for client in (MARKED, OTHER):
        _furnished(desk, client)
    planted(desk)


def trouble(tx: UnitOfWork) -> None:
    """Something new to be told of each client's account, whose sentence names a person, as those about values do."""
    for client, key in _ACCOUNTS.items():
        account = tx.accounts.by_key(key)
        who = mark("crm_leads.name") if client == MARKED else "Jo"
        tx.tasks.open_task(account, UNSEEN_VALUE, f"new {key}", f"{who} is not in the map.", "home", {"value": who})


def secrets_set(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the secrets that the marked client's account names where such things are kept."""
    monkeypatch.setenv(API_KEY, _secret("environment"))
    monkeypatch.setenv(HOOK_SECRET, SECRET)
    with desk.settings.secrets_file.open("a") as file:
        file.write(f'[api]\nkey = "{_secret("file")}"\n')


def _secret(where: str) -> str:
    return f"{mark(f'secret.{where}')}-kept-elsewhere"


@dataclass(frozen=True)
class _Rows:
    """The rows of a client's files, marked or not."""

    is_marked: bool

    def word(self, column: str, plain: str) -> str:
        return mark(column).title() if self.is_marked else plain

    def row(self, number: int, day: date, **more: object) -> dict[str, object]:
        def lead(name: str, plain: str) -> str:
            return self.word(f"crm_leads.{name}", plain)

        mail = f"{mark('crm_leads.email')}{number}@mail.example" if self.is_marked else f"p{number}@mail.example"
        return {
            "id": f"L{number}-{lead('external_id', 'g')}",
            "date": f"{day.isoformat()} 12:00:00Z",
            "modified": "",
            "name": f"{lead('name', 'Jo')} {number}",
            "first": lead("first_name", "Jo"),
            "last": lead("last_name", "Doe"),
            "company": lead("company", "Jo and Sons"),
            "phone": a_phone(number) if self.is_marked else f"303555{number:04d}",
            "phone2": a_phone(number, is_second=True) if self.is_marked else f"303444{number:04d}",
            "email": mail,
            "address": f"{number} {lead('address', 'High')} Street",
            "city": lead("city", "Denver"),
            "said": f"They said {lead('description', 'hello')}.",
            "campaign": lead("campaign", "spring"),
            "branch": lead("location", "North"),
            "agent": lead("assigned_to", "Ann"),
            "status": "new",
            "fee": "10.00",
            "transcript": f"a transcript: {self.word('payload_chunks.body', 'nothing')}",
            **more,
        }

    def days(self, span: DateRange, per_day: Sequence[int], first: int) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for place in range(span.days):
            day = span.first + timedelta(days=place)
            for _ in range(per_day[place % len(per_day)]):
                found.append(self.row(first + len(found), day))
        return found


def _furnished(desk: Desk, client: str) -> None:
    key, rows = _ACCOUNTS[client], _Rows(client == MARKED)
    an_account(desk, key, client=client)
    boss = admin(desk)
    for role in Role:
        if role is not Role.ADMIN:
            desk.do(boss, people.add_person, address_of(role, client), role, client)
    desk.do(boss, people.add_person, address_of(REMOVED, client), Role.OWNER, client)
    owner = desk.ask(boss, people.known_person, address_of("owner", client))
    lead_map = a_map("lead", _FIELDS)
    an_approved_map(desk, key, dataclasses.replace(lead_map, ignored=(IgnoredField("transcript", "not ours to keep"),)))
    settings = {"owner": owner.email, "webhook_secret": f"env:{HOOK_SECRET}"}
    desk.do(boss, account_settings.set_account, key, settings)
    early = at_day(desk, date(2026, 3, 16))
    name = rows.word("integration_import_batches.file_name", "march")
    committed(early, a_csv(rows.days(BEFORE, (1, 2), 1)), key, days=BEFORE, file_name=f"{name}-1.csv", by=owner)
    captured = early.do(owner, baseline.capture_baseline, client, f"{key}.leads", BEFORE, "before the new form")
    committed(desk, a_csv(rows.days(NOW, (4, 5), 100)), key, days=NOW, file_name=f"{name}-2.csv", by=owner)
    early.do(owner, change_notes.note_change, key, "form", date(2026, 3, 16), "A new form.", captured["baseline"])
    try_account(desk, owner, key)
    set_live(desk, key)
    published(desk, captured["baseline"], client=client, metric=f"{key}.leads")
    _in_review(desk, owner, key, rows)
    _worked_on(desk, owner, key)
    _sent(desk, key, rows)


def _in_review(desk: Desk, owner: Actor, key: str, rows: _Rows) -> None:
    """A file that waits, with rows that fail, one that was mended, and one that is held; and one nobody could read."""
    day = date(2026, 3, 30)
    sent = [rows.row(400 + n, day) for n in range(3)]
    sent += [rows.row(410 + n, day, date="no day", status=rows.word("crm_leads.status", "odd")) for n in range(2)]
    name = rows.word("integration_import_batches.file_name", "late")
    load = import_file(desk, a_csv(sent), key, file_name=f"{name}-3.csv", by=owner)["load"]
    why = rows.word("row_edits.reason", "as they said")
    value = f"Ms {rows.word('row_edits.value', 'Fay')}"
    fix_cells(desk, owner, load, [CellEdit(0, "name", value)], why)
    decide(desk, owner, load, WhichRows(row_nos=(1,)), DecisionKind.HOLD, rows.word("row_decisions.reason", "to ask"))
    letters = [rows.row(500 + n, day, date="no day" if n else f"{day} 09:00:00Z") for n in range(2)]
    committed(desk, a_csv(letters), key, file_name=f"{name}-4.csv", by=owner)
    with contextlib.suppress(DeskError):
        import_file(desk, b"PK\x03\x04 no workbook", key, file_name=f"{name}-5.xlsx", by=owner)


def _worked_on(desk: Desk, owner: Actor, key: str) -> None:
    """What people did with the account: a draft of its map."""
    current = desk.ask(owner, map_desk.map_desk, key, "lead").current
    assert current is not None
    desk.do(owner, kept_drafts.keep_draft, MapDraft(key, "lead").begun(current.field_map, "the map in use"))


def _sent(desk: Desk, key: str, rows: _Rows) -> None:
    """A webhook that is parked, and two that were refused, with words in headers that nobody keeps."""
    now = desk.clock()
    body = a_body(900, name=f"Hook {rows.word('incoming_lead_bodies.body', 'Jo')}")
    headers = {"x-sent-by": rows.word("hook.header", "somebody")}
    event = rows.word("incoming_lead_logs.event", "lead.created")
    with door_on(desk) as door:
        _post(door, key, body, headers | _signed(body, event, now))
        forged = a_body(901, name=rows.word("hook.refused_body", "Jo"))
        _post(door, key, forged, headers | {"content-type": "application/json"})
        _post(door, key, forged, headers | _signed(b"another", "lead", now))


def _signed(body: bytes, event: str, now: datetime) -> dict[str, str]:
    return standard(body, f"msg-{event}", now)


def _post(door: TestClient, key: str, body: bytes, headers: Mapping[str, str]) -> int:
    return door.post(f"/hooks/{key}", content=body, headers=dict(headers)).status_code
