"""Small builders for tests of what a client is shown: a comparison with its baseline, and a statement on its way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from lib.clock import Clock
from lib.db.tables.accounts import integration_provider_accounts
from lib.db.tables.evidence import account_evidence
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.setup_checks import qa_checks
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import DateRange
from lib.domain.ladder.gates import BY_HAND
from lib.domain.ladder.standing import PROMOTION
from lib.domain.people import Actor
from lib.services.counting import baseline
from lib.services.publishing import statements
from lib.services.publishing.statements import StatementVersion
from lib.services.setup import ladder
from tests.builders import a_csv, a_lead, a_lead_account, admin, at, committed

BEFORE = DateRange(date(2026, 3, 2), date(2026, 3, 15))
NOW = DateRange(date(2026, 3, 16), date(2026, 3, 29))
METRIC = "site.leads"
PLAN = {
    "failure_path": "Call Ana, who calls the provider.",
    "manual_fallback": "Type the leads of the day in.",
    "rollback_note": "Undo the newest load.",
    "public_promise": "How many leads came in, week by week.",
    "promised": ["leads"],
}


def at_day(desk: Desk, day: date) -> Desk:
    """The same desk at noon UTC of a day."""
    return at(desk, clock_of(day))


def clock_of(day: date) -> Clock:
    """A clock that stands at noon UTC of a day."""
    return lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def leads(span: DateRange, per_day: tuple[int, ...], first: int = 0) -> list[dict[str, object]]:
    """Leads on each day of a range, as many as `per_day` says in turn."""
    rows: list[dict[str, object]] = []
    for place in range(span.days):
        day = (span.first + timedelta(days=place)).isoformat()
        for _ in range(per_day[place % len(per_day)]):
            rows.append(a_lead(first + len(rows) + 1, day))
    return rows


def two_fortnights(desk: Desk, client: str = "acme", key: str = "site") -> int:
    """A live account with two complete fortnights of leads, and a baseline of the first, captured before the second."""
    number = fortnights(desk, client, key)
    set_live(desk, key)
    return number


def fortnights(desk: Desk, client: str = "acme", key: str = "site") -> int:
    """The same, of an account in setup."""
    a_lead_account(desk, key, client=client)
    early = at_day(desk, date(2026, 3, 16))
    committed(early, a_csv(leads(BEFORE, (1, 2, 3))), key, days=BEFORE)
    found = early.do(admin(desk), baseline.capture_baseline, client, f"{key}.leads", BEFORE, "before the new form")
    committed(desk, a_csv(leads(NOW, (5, 6, 7), 1000)), key, days=NOW)
    return int(found["baseline"])


def set_live(desk: Desk, key: str = "site", status: str = "live") -> None:
    """Behind the desk, and at once: what it takes to be live beside a statement on its leads.

    Being live is nothing that anybody can set; `tests/climbing.py` goes the way there.
    """
    accounts, now = integration_provider_accounts, desk.clock()
    with desk.app.begin() as connection:
        account = connection.execute(select(accounts).where(accounts.c.key == key)).one()
        connection.execute(update(accounts).where(accounts.c.id == account.id).values(status=status, **PLAN))
        ours = {"account_id": account.id, "client_id": account.client_id, "person_id": account.owner_id, "at": now}
        said = [{**ours, "gate": gate, "text": "Seen.", "link": "", "looked_at": {}} for gate in BY_HAND]
        connection.execute(insert(account_evidence), said)
        load = connection.execute(select(func.max(loads.c.id)).where(loads.c.account_id == account.id)).scalar()
        seen = {"row_no": 0, "line": 2, "agrees": True, "columns": [], "note": ""}
        told = {"load_id": load, "screen": "Leads", "note": "", "compared": [seen], "agreed": 1, "differed": 0}
        if load is not None:
            connection.execute(insert(qa_checks), {**ours, **told})
    if status == "live":
        desk.do(admin(desk), _promoted, key)


def _promoted(tx: UnitOfWork, key: str) -> None:
    """The line that a promotion leaves; what lacks of the statement nobody has written yet did not hold then."""
    view = ladder.ladder_of(tx, key)
    held = {gate.key: gate.evidence for gate in view.gates if gate.holds}
    tx.evidence.note(view.account, PROMOTION, "Behind the desk.", "", {"gates": held, "marks": {}})


def written(desk: Desk, number: int, by: Actor | None = None, **more: Any) -> StatementVersion:
    """A draft over the second fortnight against a baseline; the sentence of the templates unless another is given."""
    person, span = by or admin(desk), more.pop("span", NOW)
    metric, client = more.pop("metric", METRIC), more.pop("client", "acme")
    said = more.pop("sentence", "")
    if not said:
        said = desk.ask(admin(desk), statements.draft_for, client, metric, number, span, "week", sentence=None).template
    return desk.do(person, statements.write, client, metric, number, span, "week", sentence=said, **more)


def published(desk: Desk, number: int, **more: Any) -> StatementVersion:
    """The same, reviewed and published."""
    draft = written(desk, number, **more)
    desk.do(admin(desk), statements.review, draft.id)
    return desk.do(admin(desk), statements.publish, draft.id)
