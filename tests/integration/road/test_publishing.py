"""What a client is shown: written, reviewed, published behind every gate, and nothing shown that anybody else may not see."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.tables.audit import audit_log
from lib.db.tables.baselines import change_notes as notes_table
from lib.db.tables.publishing import portal_cards as cards_table
from lib.db.tables.publishing import statements as statements_table
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Actor, Role
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve
from lib.reporting.portal_card import Portal
from lib.services.counting import baseline
from lib.services.publishing import portal, portal_cards, statements
from lib.services.publishing.statements import StatementDraft, StatementStatus
from lib.services.setup import account_settings
from tests.begun import begun
from tests.builders import a_csv, a_lead, a_person, admin, code_of, committed, import_file, table_rows
from tests.published import METRIC, NOW, at_day, published, set_live, two_fortnights, written

# The one that `two_fortnights` captures on an empty desk.
BASELINE = 1


@pytest.fixture
def measured(tmp_path: Path) -> Iterator[Desk]:
    """Two fortnights of a live account, and the baseline of the first; for what the database does not matter to."""
    with begun(two_fortnights, tmp_path) as desk:
        yield desk


def draft(desk: Desk, number: int, span: DateRange = NOW, **more: Any) -> StatementDraft:
    return desk.ask(admin(desk), statements.draft_for, "acme", METRIC, number, span, "week", **more)


def read(desk: Desk, actor: Actor | None = None, client: str = "acme") -> Portal:
    return desk.ask(actor or admin(desk), portal.portal, client)


def refused(desk: Desk, verb: Any, *given: Any, by: Actor | None = None) -> str:
    with pytest.raises(DeskError) as met:
        desk.do(by or admin(desk), verb, *given)
    return code_of(met)


def test_the_client_reads_exactly_what_was_approved(desk: Desk) -> None:
    number = two_fortnights(desk)
    seen = draft(desk, number)
    assert (seen.problems, seen.refusal, seen.sentence) == ((), "", seen.template)
    assert [each.words for each in seen.numbers][:2] == ["83", "27"]
    owner = a_person(desk, "ana@acme.example", Role.STAKEHOLDER, "acme")
    due = date(2026, 12, 24)
    draft_of = written(desk, number, next_owner=owner.email, next_due=due, next_action="Call the new ones back.")
    assert read(desk).cards == ()
    desk.do(admin(desk), statements.review, draft_of.id)
    assert read(desk).cards == ()
    desk.do(admin(desk), statements.publish, draft_of.id)
    ((card, fresh),) = read(desk, owner).cards
    assert card.sentence == seen.template
    assert (card.current, card.baseline, card.finding) == ("83 leads", "27 leads", "more_than_ordinary")
    assert (card.next_action, card.next_owner, card.next_due) == ("Call the new ones back.", "Ana", due)
    assert (card.current_series, card.numbers) == (seen.card.current_series, seen.card.numbers)
    assert (fresh.shown_to, fresh.is_stale) == (NOW.last, True)
    actions = [row["action"] for row in table_rows(desk.app, audit_log) if row["subject_type"] == "statement"]
    assert sorted(actions) == ["statement published", "statement reviewed", "statement written"]


def test_another_clients_stakeholder_is_told_nothing(any_desk: Desk) -> None:
    desk = any_desk
    number = two_fortnights(desk)
    published(desk, number)
    two_fortnights(desk, "zeta", "other")
    zoe = a_person(desk, "zoe@zeta.example", Role.STAKEHOLDER, "zeta")
    assert read(desk, zoe, "zeta").cards == ()
    with pytest.raises(DeskError) as met:
        read(desk, zoe)
    assert code_of(met) == "client_not_found"
    sam = a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    assert len(read(desk, sam).cards) == 1
    # A stakeholder reads the portal, and neither drafts nor what was said before.
    for verb in (statements.versions_of, portal_cards.cards_of):
        with pytest.raises(DeskError) as kept:
            desk.ask(sam, verb, "acme", *([METRIC] if verb is statements.versions_of else []))
        assert code_of(kept) == "not_allowed"
    assert refused(desk, statements.publish, 1, by=sam) == "not_allowed"


def test_two_publishers_at_once_show_it_once(desk: Desk) -> None:
    number = two_fortnights(desk)
    draft_of = written(desk, number)
    desk.do(admin(desk), statements.review, draft_of.id)
    met: list[str] = []

    def go() -> None:
        try:
            desk.do(admin(desk), statements.publish, draft_of.id)
            met.append("published")
        except DeskError as trouble:
            met.append(trouble.code)

    both = [threading.Thread(target=go) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert "published" in met
    assert set(met) <= {"published", "illegal_move", "changed_meanwhile"}
    assert met.count("published") == 1
    assert len(table_rows(desk.app, cards_table)) == 1
    assert len([row for row in table_rows(desk.app, audit_log) if row["action"] == "statement published"]) == 1


def test_what_a_statement_says_cannot_be_rewritten_in_the_database(measured: Desk) -> None:
    desk = measured
    published(desk, BASELINE)
    for change in ({"sentence": "Another."}, {"card": {}}, {"range_to": date(2026, 4, 1)}, {"baseline_id": 1}):
        with pytest.raises(DBAPIError) as met, desk.app.begin() as connection:
            connection.execute(update(statements_table).values(**change))
        assert failure_of(met.value) is Failure.NOT_GRANTED


def test_nothing_is_published_before_its_account_is_live_but_by_an_admins_named_override(measured: Desk) -> None:
    desk, number = measured, BASELINE
    set_live(desk, status="setup")
    seen = draft(desk, number)
    assert "not live" in seen.refusal
    assert seen.may_override
    owner = a_person(desk, "owner@example.com", Role.OWNER)
    assert not desk.ask(owner, statements.draft_for, "acme", METRIC, number, NOW, "week").may_override
    draft_of = written(desk, number)
    desk.do(admin(desk), statements.review, draft_of.id)
    assert refused(desk, statements.publish, draft_of.id) == "not_live"
    assert refused(desk, statements.publish, draft_of.id, "  ") == "not_live"
    assert refused(desk, statements.publish, draft_of.id, "the client waits", by=owner) == "not_allowed"
    done = desk.do(admin(desk), statements.publish, draft_of.id, "the client waits for it")
    assert (done.override_reason, done.published_by) == ("the client waits for it", "Local admin")
    assert [each.override_reason for each in desk.ask(owner, portal_cards.cards_of, "acme")] == [done.override_reason]
    assert len(read(desk).cards) == 1


def test_a_second_person_reviews_where_the_account_asks_for_one(measured: Desk) -> None:
    desk, number = measured, BASELINE
    desk.do(admin(desk), account_settings.set_account, "site", {"four_eyes": "yes"})
    draft_of = written(desk, number)
    assert refused(desk, statements.review, draft_of.id) == "four_eyes"
    assert refused(desk, statements.publish, draft_of.id) == "illegal_move"
    owner = a_person(desk, "owner@example.com", Role.OWNER)
    analyst = a_person(desk, "ada@example.com", Role.ANALYST)
    assert refused(desk, statements.review, draft_of.id, by=analyst) == "not_allowed"
    assert desk.do(owner, statements.review, draft_of.id).reviewed_by == "Owner"
    assert desk.do(admin(desk), statements.publish, draft_of.id).status is StatementStatus.PUBLISHED


def test_incomplete_periods_and_numbers_that_moved_are_not_published(measured: Desk) -> None:
    desk, number = measured, BASELINE
    longer = DateRange(NOW.first, NOW.last + timedelta(days=1))
    assert "not complete" in draft(desk, number, longer).refusal
    part = written(desk, number, span=longer)
    desk.do(admin(desk), statements.review, part.id)
    assert refused(desk, statements.publish, part.id) == "incomplete"
    whole = written(desk, number)
    desk.do(admin(desk), statements.review, whole.id)
    committed(desk, a_csv([a_lead(7000, "2026-03-20")]))
    with pytest.raises(DeskError) as met:
        desk.do(admin(desk), statements.publish, whole.id)
    assert code_of(met) == "numbers_moved"
    assert "83 leads" in met.value.message
    assert "84 leads" in met.value.message


def test_a_newer_version_takes_the_place_of_the_older_ones(measured: Desk) -> None:
    desk, number = measured, BASELINE
    first = published(desk, number)
    second = written(desk, number, sentence="In these weeks 83 leads came in.", change_note="Said more shortly.")
    third = written(desk, number, sentence="In these weeks you had 83 leads.", change_note="Said to the client.")
    desk.do(admin(desk), statements.review, third.id)
    assert refused(desk, statements.review, second.id) == "illegal_move"
    desk.do(admin(desk), statements.publish, third.id)
    found = desk.ask(admin(desk), statements.versions_of, "acme", METRIC)
    assert [(each.version, each.status.value) for each in found] == [
        (3, "published"), (2, "replaced"), (1, "replaced"),
    ]  # fmt: skip
    ((card, _),) = read(desk).cards
    assert (card.sentence, card.statement_id) == (third.sentence, third.id)
    assert card.corrections == ()
    assert first.id != card.statement_id


def test_the_wording_of_a_published_card_changes_only_with_a_note_against_its_baseline(measured: Desk) -> None:
    desk, number = measured, BASELINE
    published(desk, number)
    other = "In these weeks 83 leads came in."
    assert draft(desk, number, sentence=other).needs_change_note
    assert not draft(desk, number).needs_change_note
    with pytest.raises(DeskError) as met:
        written(desk, number, sentence=other)
    assert code_of(met) == "change_note_missing"
    assert table_rows(desk.app, notes_table) == []
    published(desk, number, sentence=other, change_note="Said more shortly.")
    (note,) = table_rows(desk.app, notes_table)
    assert (note["kind"], note["baseline_id"], note["note"]) == ("wording", number, "Said more shortly.")


def test_what_is_not_for_the_client_is_never_written(measured: Desk) -> None:
    desk, number = measured, BASELINE
    for sentence in ("Leads from Site stood at 84 leads.", "Leads stood at 83 leads, says dana@harbor.com."):
        with pytest.raises(DeskError) as met:
            written(desk, number, sentence=sentence)
        assert code_of(met) == "not_for_clients"
    with pytest.raises(DeskError) as owner:
        written(desk, number, next_owner="nobody@example.com")
    assert code_of(owner) == "unknown_person"
    analyst = a_person(desk, "ada@example.com", Role.ANALYST)
    assert written(desk, number, by=analyst).status is StatementStatus.DRAFT
    # The baseline was captured before the period, and the movement is more than ordinary.
    assert written(desk, number, sentence="Leads are better than before, at 83 leads.").version == 2
    late = desk.do(admin(desk), baseline.capture_baseline, "acme", METRIC, DateRange(NOW.first, NOW.last), "late")
    assert "claim" in {
        each.code for each in draft(desk, late["baseline"], sentence="Leads are better than before.").problems
    }


def test_cards_are_arranged_hidden_and_shown(measured: Desk) -> None:
    desk, number = measured, BASELINE
    published(desk, number)
    two_fortnights(desk, "acme", "shop")
    other = written(desk, number + 1, metric="shop.leads")
    desk.do(admin(desk), statements.review, other.id)
    desk.do(admin(desk), statements.publish, other.id)
    assert [card.metric for card, _ in read(desk).cards] == [METRIC, "shop.leads"]
    desk.do(admin(desk), portal_cards.arrange_cards, "acme", ["shop.leads", METRIC])
    assert [card.metric for card, _ in read(desk).cards] == ["shop.leads", METRIC]
    desk.do(admin(desk), portal_cards.show_card, "acme", "shop.leads", is_shown=False)
    assert [card.metric for card, _ in read(desk).cards] == [METRIC]
    assert refused(desk, portal_cards.arrange_cards, "acme", [METRIC]) == "cards_left_out"
    analyst = a_person(desk, "ada@example.com", Role.ANALYST)
    assert refused(desk, portal_cards.arrange_cards, "acme", [METRIC], by=analyst) == "not_allowed"


def test_the_portal_says_how_late_its_data_is(measured: Desk) -> None:
    desk = measured
    published(desk, BASELINE)
    day = NOW.last + timedelta(days=1)
    ((_, fresh),) = read(at_day(desk, day)).cards
    assert (fresh.is_stale, fresh.words) == (False, "Shown to Sunday 29 March")


def test_who_publishes_waits_for_a_commit_under_way_and_sees_what_it_moved(desk: Desk) -> None:
    number = two_fortnights(desk)
    draft_of = written(desk, number)
    desk.do(admin(desk), statements.review, draft_of.id)
    staged = import_file(desk, a_csv([a_lead(9000, "2026-03-20")]))["load"]
    is_written, may_end = threading.Event(), threading.Event()
    met: list[str] = []

    def hold(_tx: object, _result: object) -> None:
        is_written.set()
        may_end.wait(timeout=30)

    def publish() -> None:
        try:
            desk.do(admin(desk), statements.publish, draft_of.id)
            met.append("published")
        except DeskError as trouble:
            met.append(trouble.code)

    committing = threading.Thread(target=lambda: approve(desk, admin(desk), staged, settled=hold))
    publishing = threading.Thread(target=publish)
    committing.start()
    assert is_written.wait(timeout=30)
    publishing.start()
    publishing.join(timeout=0.5)
    assert met == []
    may_end.set()
    committing.join()
    publishing.join()
    assert met == ["numbers_moved"]
