"""What home reads of all clients at once: who can be told, how loads came in, what happened; in few questions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.domain.rows.fixes import CellEdit
from lib.errors import DeskError
from lib.pipeline.loading.fixing import fix_cells
from lib.services.loading import score_card
from lib.services.running import pulses, readiness, timeline
from lib.services.running.readiness import Readiness
from lib.services.setup import account_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, an_account, at, committed, import_file
from tests.climbing import live

MARCH = [a_lead(1, "2026-03-04"), a_lead(2, "2026-03-05")]
# The month that is told in April is March, in Denver as well.
APRIL = datetime(2026, 4, 10, 12, tzinfo=UTC)


def in_april(desk: Desk) -> Desk:
    return at(desk, lambda: APRIL)


def of(desk: Desk, client: str = "acme") -> Readiness:
    return desk.ask(admin(desk), readiness.readiness, client)[0]


def sentences(desk: Desk) -> list[str]:
    return [item.sentence for item in of(desk).missing]


def test_a_client_is_ready_when_all_that_was_promised_is_live_whole_and_decided(any_desk: Desk) -> None:
    desk = any_desk
    april = in_april(desk)
    an_account(april, "quiet")
    assert (of(april).promised, of(april).is_ready) == (0, False)
    live(april)
    assert sentences(april) == ["3 days of March missing in lead"]
    committed(april, a_csv([a_lead(901)]), days=DateRange(date(2026, 3, 1), date(2026, 3, 31)))
    assert of(april).is_ready
    assert (of(april).month.first, of(april).month.last) == (date(2026, 3, 1), date(2026, 3, 31))
    load = import_file(april, a_csv([a_lead(900)]))["load"]
    assert of(april).missing[0].address == {"account": "site", "load": str(load)}
    assert not of(april).is_ready


def test_days_that_no_whole_delivery_covers_keep_a_report_waiting(desk: Desk) -> None:
    a_lead_account(desk)
    april = in_april(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"promised": "leads"})
    assert sentences(april) == ["it is not live, on rung 0 of 6", "every day of March missing in lead"]
    committed(april, a_csv(MARCH), days=DateRange(date(2026, 3, 1), date(2026, 3, 29)))
    assert sentences(april)[1] == "2 days of March missing in lead"
    committed(april, a_csv([a_lead(3, "2026-03-30")]), days=DateRange(date(2026, 3, 30), date(2026, 4, 2)))
    assert sentences(april) == ["it is not live, on rung 0 of 6"]


def test_the_pulse_of_an_account_is_the_score_card_s_first_pass(desk: Desk) -> None:
    a_lead_account(desk)
    a_lead_account(desk, "theirs", client="bolt")
    committed(desk, a_csv([a_lead(1), a_lead(2, fee="much")]))
    committed(desk, a_csv([a_lead(3)]), "theirs")
    load = import_file(desk, a_csv([a_lead(number) for number in range(4, 9)]))["load"]
    # Of two rows that fail one is mended, and one is touched and fails still.
    bad = import_file(desk, a_csv([a_lead(20, date="soon"), a_lead(21, date="soon"), a_lead(22)]))["load"]
    mended = [CellEdit(0, "date", "2026-03-04"), CellEdit(1, "date", "later")]
    fix_cells(desk, admin(desk), bad, mended, "told")
    found = {item.account: item for item in desk.ask(admin(desk), pulses.pulses)}
    assert found["site"].rows == (2, 5, 3)
    assert found["theirs"].rows == (1,)
    card = desk.ask(admin(desk), score_card.score_cards, "site")[0]
    assert [item.load_id for item in card.loads][-2:] == [load, bad]
    assert found["site"].passed[-1] == 1
    assert found["site"].yields == tuple(item.first_pass_percent for item in card.loads)
    assert [item.rows for item in desk.ask(admin(desk), pulses.pulses, loads=1)] == [(3,), (1,)]


def test_the_timeline_is_narrowed_by_client_account_person_and_kind(desk: Desk) -> None:
    a_lead_account(desk)
    an_account(desk, "theirs", client="bolt")
    load = committed(desk, a_csv(MARCH))["load"]
    boss = admin(desk)
    everything = desk.ask(boss, timeline.timeline, limit=300)
    assert not everything.has_more
    assert everything.people == (boss.email,)
    newest = everything.lines[0]
    assert (newest.action, newest.subject_id, newest.account, newest.kind) == ("load committed", load, "site", "runs")
    acme, theirs = (desk.ask(boss, timeline.timeline, client=name, limit=300) for name in ("acme", "bolt"))
    assert {item.account for item in acme.lines} == {"site", ""}
    assert {item.account for item in theirs.lines} == {"theirs", ""}
    of_site = desk.ask(boss, timeline.timeline, account="site", limit=300)
    assert {item.account for item in of_site.lines} == {"site"}
    maps = desk.ask(boss, timeline.timeline, kind="maps")
    assert {item.subject_type for item in maps.lines} == {"map_version"}
    assert desk.ask(boss, timeline.timeline, person="nobody@example.com").lines == ()
    assert desk.ask(boss, timeline.timeline, limit=1).has_more


def test_a_timeline_shows_nothing_beyond_a_person_s_clients(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    an_account(desk, "theirs", client="bolt")
    otto = a_person(desk, "otto@bolt.example", Role.ANALYST, "bolt")
    assert "site" not in {item.account for item in desk.ask(otto, timeline.timeline, limit=300).lines}
    with pytest.raises(DeskError):
        desk.ask(otto, timeline.timeline, account="site")
    with pytest.raises(DeskError):
        desk.ask(admin(desk), timeline.timeline, kind="gossip")


def test_home_asks_as_much_of_many_accounts_as_of_one(sqlite_desk: Desk) -> None:
    desk = sqlite_desk

    def asked() -> int:
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(desk.app, "before_cursor_execute", note)
        for verb in (readiness.readiness, pulses.pulses):
            desk.ask(admin(desk), verb)
        event.remove(desk.app, "before_cursor_execute", note)
        return count

    for number in range(1, 4):
        key = f"site{number}"
        a_lead_account(desk, key)
        desk.do(admin(desk), account_settings.set_account, key, {"promised": "leads"})
        committed(desk, a_csv(MARCH), key)
        if number == 1:
            of_one = asked()
    assert asked() == of_one
