"""The ladder: nobody is live but by evidence, and whatever lapses of it ends being live by itself (R17, F145)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, update

from lib.db.tables.accounts import integration_provider_accounts as accounts
from lib.db.tables.operations import tasks
from lib.db.tables.people import people
from lib.db.unit_of_work import Desk
from lib.domain.accounts import Account
from lib.domain.api.pulls import SyncCursor
from lib.domain.ladder.gates import GATES, WARNINGS
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck
from lib.domain.people import Role
from lib.domain.running.breaker import BreakerPlace, BreakerState
from lib.domain.running.failed_work import FailedWork, Step, Subject
from lib.domain.states import AccountStatus
from lib.errors import DeskError
from lib.pipeline.loading.arrival import approve_map
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.publishing.metric_changes import edit_metric
from lib.pipeline.setup.account_changes import set_account
from lib.pipeline.setup.setup_test import try_account
from lib.pipeline.setup.watching import watch_ladder
from lib.services.mapping import maps
from lib.services.publishing import portal, portal_cards, statements
from lib.services.publishing.portal_watch import seen_by_clients
from lib.services.running import alerts, dead_letters
from lib.services.setup import account_settings, desk_settings, ladder, qa, setup_test
from tests.begun import begun
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    at,
    code_of,
    import_file,
    table_rows,
)
from tests.climbing import OWNER, climbed, ladder_of, live
from tests.published import NOW, fortnights, written

Act = Callable[[Desk], Desk | None]


@pytest.fixture
def live_desk(tmp_path: Path) -> Iterator[Desk]:
    """One live account whose number is published; for what the database does not matter to."""
    with begun(live, tmp_path) as desk:
        yield desk


def account_of(desk: Desk) -> Account:
    return desk.ask(admin(desk), lambda tx: tx.accounts.by_key("site"))


def put(**changes: str) -> Act:
    """Settings of the account changed."""

    def act(desk: Desk) -> None:
        desk.do(admin(desk), account_settings.set_account, "site", changes)

    return act


def later(**span: float) -> Act:
    """So much time gone by."""
    return lambda desk: at(desk, lambda: desk.clock() + timedelta(**span))


def leaves(email: str) -> Act:
    """A person is no longer of the desk."""

    def act(desk: Desk) -> None:
        with desk.app.begin() as connection:
            connection.execute(update(people).where(people.c.email == email).values(is_active=False))

    return act


def watcher_leaves(desk: Desk) -> None:
    cho = a_person(desk, "cho@desk.example", Role.OWNER)
    desk.do(cho, ladder.accept_gate, "site", "watch_owner", text="Cho looks each morning.")
    leaves("cho@desk.example")(desk)


def ben_takes_over(desk: Desk) -> None:
    a_person(desk, "ben@desk.example", Role.OWNER)
    put(owner="ben@desk.example")(desk)


def moved_to_the_other_database(desk: Desk) -> None:
    desk.do(admin(desk), lambda tx: tx.accounts.change(tx.accounts.by_key("site"), {"destination": "traffic"}))


def sign_in_ends(desk: Desk) -> Desk:
    ends = (desk.clock() + timedelta(days=1)).date()
    put(credential_ref="env:SITE_KEY", auth_expires_on=ends.isoformat(), freshness_hours="99")(desk)
    a_test_that(CheckResult.PASSED)(desk)
    assert not watch_ladder(desk, admin(desk), "site"), "a new credential that was tested is a good one"
    return at(desk, lambda: desk.clock() + timedelta(days=2))


def a_test_that(result: CheckResult) -> Act:
    def act(desk: Desk) -> None:
        check = SetupCheck("api", result, "The address answers with 403.", "Ask for the scope.")
        desk.do(admin(desk), setup_test.keep, "site", [check], "")

    return act


def columns_change(desk: Desk) -> None:
    import_file(desk, a_csv([a_lead(900, "2026-03-30", region="west")]), days=None)


def map_is_approved(desk: Desk) -> None:
    version = desk.do(admin(desk), maps.save_map, "site", a_map("lead", {**LEAD_FIELDS, "company": "name"})).version
    baseline = desk.ask(admin(desk), ladder.ladder_of, "site").standing.metrics["leads"].baseline
    assert baseline is not None
    note = {"rollback_note": "Approve the map before it again.", "baseline_id": baseline.id}
    desk.do(admin(desk), approve_map, "site", "lead", version, **note)


def definition_counts_otherwise(desk: Desk) -> None:
    edit_metric(desk, admin(desk), "site.leads", {"where.status": "new"}, "only new ones are leads")


def statement_is_taken_back(desk: Desk) -> None:
    desk.do(admin(desk), statements.withdraw, 1, "It was not for them yet.")


def provider_does_not_answer(desk: Desk) -> None:
    state = BreakerState(BreakerPlace.OPEN, 5, 1, desk.clock(), desk.clock(), "network", "It answers with 503.")
    desk.do(admin(desk), lambda tx: tx.breakers.save(tx.accounts.by_key("site"), state, 0))


def rows_differ(desk: Desk) -> None:
    sample = desk.ask(admin(desk), qa.sample, "site", None, 3)
    wrong = [qa.Differing(sample.rows[0].line, ("fee",), "30 there")]
    desk.do(admin(desk), qa.record, "site", sample.load.id, 3, wrong, screen="Leads")


def law_asks_for_more(desk: Desk) -> None:
    desk.do(admin(desk), desk_settings.set_desk, {"min_retention_days": "365"})


# The act, what lapses by it, and a word that the owner's task says about it.
LAPSES: dict[str, tuple[Act, set[str], str]] = {
    "source_label": (put(source_label="Site Two"), {"source_label"}, "it was Site on"),
    "owner": (leaves(OWNER), {"owner"}, "no longer a person"),
    "auth_model": (put(auth_model="OAuth 2"), {"auth_model"}, "it is OAuth 2 now"),
    "destination": (moved_to_the_other_database, {"destination", "promised_cards", "qa"}, "belong to another database"),
    "documentation": (later(days=366), {"documentation"}, "more than 365 days ago"),
    "access": (ben_takes_over, {"access", "watch_owner"}, "it is ben@desk.example now"),
    "credential": (sign_in_ends, {"credential"}, "the sign-in to the provider ended"),
    "setup_test": (a_test_that(CheckResult.FAILED), {"setup_test"}, "403"),
    "failure_path": (put(failure_path=""), {"failure_path"}, "Nothing is written"),
    "manual_fallback": (put(manual_fallback=""), {"manual_fallback"}, "Nothing is written"),
    "rollback_note": (put(rollback_note=""), {"rollback_note"}, "Nothing is written"),
    "retry_rules": (put(retry_rules=""), {"retry_rules"}, "Nothing is written"),
    "retention": (law_asks_for_more, {"retention"}, "365 days"),
    "map": (columns_change, {"map.lead"}, "region"),
    "promise_defined": (put(public_promise=""), {"promise_defined"}, "What the client was told"),
    "test_import": (map_is_approved, {"test_import.lead", "qa"}, "map 2 was approved since"),
    "baseline": (definition_counts_otherwise, {"baseline", "promised_cards"}, "defined anew"),
    "comparison": (statement_is_taken_back, {"comparison", "promised_cards"}, "It was not for them yet"),
    "promised_cards": (put(promised="leads, jobs"), {"promised_cards"}, "Jobs has no table"),
    "freshness": (later(hours=49), {"freshness"}, "nothing has come since"),
    "errors": (provider_does_not_answer, {"errors"}, "503"),
    "qa": (rows_differ, {"qa"}, "1 row of load 2 differed"),
    "watch_owner": (watcher_leaves, {"watch_owner"}, "cho@desk.example, who confirmed it"),
}


def test_every_blocking_gate_is_made_to_lapse_below() -> None:
    assert set(LAPSES) == {name for names in GATES.values() for name in names} - WARNINGS


@pytest.mark.parametrize("gate", LAPSES)
def test_a_gate_that_lapses_ends_being_live_with_a_task_and_a_reason_for_the_client(live_desk: Desk, gate: str) -> None:
    act, expected, said = LAPSES[gate]
    desk = act(live_desk) or live_desk
    watch_ladder(desk, admin(desk))

    view = ladder_of(desk)
    assert (view.account.status, view.is_live) == (AccountStatus.NEEDS_REVIEW, False)
    lapsed = {item.key for item in view.lapsed}
    assert expected <= lapsed if gate == "documentation" else lapsed == expected, view.next
    task = next(row for row in table_rows(desk.app, tasks) if row["kind"] == "lapsed_gate")
    assert (task["status"], task["link"]) == ("open", "provider_setup?account=site")
    assert task["owner_id"] == view.account.owner_id and said.casefold() in task["sentence"].casefold()
    assert set(task["detail"]["gates"]) == lapsed
    assert any("needs review" in state.sentence for state in desk.ask(admin(desk), alerts.states_of))
    assert view.fell_back is not None and said.casefold() in view.fell_back.because.casefold()
    for _, fresh in desk.ask(admin(desk), portal.portal, "acme").cards:
        assert fresh.is_stale and "Looked at again since" in fresh.words and said not in fresh.words
    assert all(
        "Looked at again" in card.why for card in desk.ask(admin(desk), seen_by_clients) if card.visibility == "stale"
    )
    assert not watch_ladder(desk, admin(desk)), "it falls once"


def test_warnings_end_nothing(live_desk: Desk) -> None:
    desk = live_desk
    desk.do(admin(desk), portal_cards.show_card, "acme", "site.leads", is_shown=False)
    cursor = SyncCursor(account_of(desk).id, "lead", limit_left=3, limit_of=100)
    desk.do(admin(desk), lambda tx: tx.cursors.move(tx.accounts.by_key("site"), cursor))
    assert not watch_ladder(desk, admin(desk))
    view = ladder_of(desk)
    assert view.is_live and {gate.key for gate in view.warnings} == {"portal", "rate_limits"}
    assert "3 of 100 calls left" in view.next or "no card" in view.next


def test_what_waits_too_long_in_the_dead_letters_ends_being_live(live_desk: Desk) -> None:
    desk, account = live_desk, account_of(live_desk)
    work = FailedWork(
        account.id, account.client_id, "lead", Step.READ, "boom", "", Subject.LOAD, 2, "It broke.", "Mend it."
    )
    desk.do(admin(desk), dead_letters.bury, work)
    assert not watch_ladder(desk, admin(desk)), "somebody may still look"
    put(freshness_hours="999")(desk)
    weekend = at(desk, lambda: desk.clock() + timedelta(days=4))
    assert [lapse.gates[0].key for lapse in watch_ladder(weekend, admin(desk))] == ["errors"]


def test_another_value_behind_a_reference_is_noticed_and_a_new_test_answers_it(
    live_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = live_desk
    monkeypatch.setenv("SITE_KEY", "the first value")
    put(credential_ref="env:SITE_KEY")(desk)
    first = try_account(desk, admin(desk), "site")
    assert first.credential_mark and not watch_ladder(desk, admin(desk))
    monkeypatch.setenv("SITE_KEY", "the second value")
    assert [gate.key for lapse in watch_ladder(desk, admin(desk)) for gate in lapse.gates] == ["setup_test"]
    assert "the credential was replaced" in ladder_of(desk).next
    try_account(desk, admin(desk), "site")
    assert not ladder_of(desk).lacking
    desk.do(admin(desk), ladder.promote, "site")
    assert not watch_ladder(desk, admin(desk))


def test_rows_that_were_taken_back_since_prove_nothing(live_desk: Desk) -> None:
    compared = ladder_of(live_desk).standing.qa
    assert compared is not None
    undo_load(live_desk, admin(live_desk), compared.load_id, "wrong file")
    (reason,) = [gate.stale_because for gate in ladder_of(live_desk).lapsed if gate.key == "qa"]
    assert reason == f"load {compared.load_id} was undone since, so its rows prove nothing"


def test_a_promotion_names_what_lacks_and_changes_nothing(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), ladder.promote, "site")
    assert code_of(refused) == "gates_missing"
    for part in ("13 gates", "documentation (Nobody has confirmed it)", "failure_path (Nothing", "; qa; watch_owner"):
        assert part in refused.value.message
    assert account_of(desk).status is AccountStatus.SETUP
    assert not ladder_of(desk).promoted_by
    desk.do(admin(desk), account_settings.pause_account, "site")
    with pytest.raises(DeskError) as paused:
        desk.do(admin(desk), ladder.promote, "site")
    assert code_of(paused) == "is_paused"


# On SQLite every test here begins with an account that climbed.
@pytest.mark.parametrize("database_urls", ["mariadb", pytest.param("sqlite", marks=pytest.mark.prove)], indirect=True)
def test_an_account_climbs_to_live_falls_and_is_promoted_anew(desk: Desk) -> None:
    climbed(desk)
    before = ladder_of(desk)
    assert before.may_be_promoted and before.height == 5 and "account promote site" in before.next
    desk.do(admin(desk), ladder.promote, "site")
    assert ladder_of(desk).height == 6 and ladder_of(desk).promoted_by == "admin@localhost"
    map_is_approved(desk)
    assert account_of(desk).status is AccountStatus.NEEDS_REVIEW, "in the transaction that approved the map"
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), ladder.promote, "site")
    assert "test_import.lead (load 2 was read through map 1" in refused.value.message
    load = import_file(desk, a_csv([a_lead(950, "2026-03-30"), a_lead(951, "2026-03-30")]), days=None)["load"]
    approve(desk, admin(desk), load)
    desk.do(admin(desk), qa.record, "site", load, 2, screen="Leads")
    desk.do(admin(desk), ladder.promote, "site")
    assert [row["status"] for row in table_rows(desk.app, tasks) if row["kind"] == "lapsed_gate"] == ["closed"]
    assert "Looked at again" not in repr(desk.ask(admin(desk), portal.portal, "acme"))


@pytest.mark.parametrize(
    ("gate", "text", "link", "code"),
    [
        ("documentation", "", "", "evidence_missing"),
        ("documentation", "  ", "", "evidence_missing"),
        ("documentation", "", "ftp://docs", "not_a_link"),
        ("documentation", "x" * 1001, "", "evidence_too_long"),
        ("access", "their key is sk_live_4eC39HqLyjWDarjtT1zdp7dc", "", "secret_in_text"),
        ("owner", "it is Ana", "", "gate_is_computed"),
        ("test_import.lead", "looked fine", "", "unknown_gate"),
        ("tick", "done", "", "unknown_gate"),
    ],
)
def test_a_bare_tick_is_no_evidence(sqlite_desk: Desk, gate: str, text: str, link: str, code: str) -> None:
    an_account(sqlite_desk)
    with pytest.raises(DeskError) as refused:
        sqlite_desk.do(admin(sqlite_desk), ladder.accept_gate, "site", gate, text=text, link=link)
    assert code_of(refused) == code and "sk_live" not in refused.value.message
    assert not ladder_of(sqlite_desk).standing.evidence


def test_a_setting_that_takes_a_proof_away_ends_being_live_at_once(live_desk: Desk) -> None:
    changed = live_desk.do(admin(live_desk), set_account, "site", {"failure_path": ""})
    assert changed["status"] == "needs_review" == account_of(live_desk).status
    assert live_desk.do(admin(live_desk), set_account, "site", {"reason": "to see more"})["status"] == "needs_review"


def test_who_confirmed_a_gate_does_not_promote_where_a_second_person_is_asked_for(live_desk: Desk) -> None:
    desk = live_desk
    put(four_eyes="yes")(desk)
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), ladder.promote, "site")
    assert code_of(refused) == "four_eyes"
    ana = desk.ask(admin(desk), lambda tx: tx.people.by_email(OWNER))
    assert ana is not None
    assert desk.do(ana, ladder.promote, "site").promoted_by == OWNER


def test_an_analyst_reads_the_ladder_and_climbs_nothing(live_desk: Desk) -> None:
    analyst = a_person(live_desk, "ann@desk.example", Role.ANALYST)
    assert ladder_of(live_desk, by=analyst).is_live
    for verb, given in ((ladder.promote, ()), (ladder.accept_gate, ("access",))):
        with pytest.raises(DeskError) as refused:
            live_desk.do(analyst, verb, "site", *given)
        assert code_of(refused) == "not_allowed"
    stranger = a_person(live_desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    with pytest.raises(DeskError) as hidden:
        ladder_of(live_desk, by=stranger)
    assert code_of(hidden) == "not_allowed"


def test_a_further_object_ends_nothing_and_is_not_published_unproven(live_desk: Desk) -> None:
    desk = live_desk
    desk.do(admin(desk), maps.save_map, "site", a_map("job", {"external_id": "id", "occurred_at": "date"}))
    assert not watch_ladder(desk, admin(desk)), "what was proven is proven still"
    view = ladder_of(desk)
    assert view.is_live and {gate.key for gate in view.lacking} == {"map.job", "test_import.job"}
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), ladder.promote, "site")
    assert "map.job" in refused.value.message


def test_r17_the_word_live_alone_publishes_nothing_and_does_not_last(sqlite_desk: Desk) -> None:
    """Somebody wrote `live` into the database: what is proven is asked all the same."""
    desk = sqlite_desk
    draft = written(desk, fortnights(desk), span=NOW)
    desk.do(admin(desk), statements.review, draft.id)
    with desk.app.begin() as connection:
        connection.execute(update(accounts).values(status="live"))
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), statements.publish, draft.id)
    assert code_of(refused) == "not_live" and "no longer live (provider documentation: Nobody" in refused.value.message
    assert [lapse.account_key for lapse in watch_ladder(desk, admin(desk))] == ["site"]
    assert account_of(desk).status is AccountStatus.NEEDS_REVIEW


def test_the_ladders_of_many_accounts_are_read_in_as_many_questions_as_one(sqlite_desk: Desk) -> None:
    desk, asked = sqlite_desk, [0]
    a_lead_account(desk)

    def count(*_: object) -> None:
        asked[0] += 1

    def questions() -> int:
        asked[0] = 0
        desk.ask(admin(desk), lambda tx: tx.standings.of(tx.accounts.every()))
        return asked[0]

    event.listen(desk.app, "before_cursor_execute", count)
    one = questions()
    for number in range(3):
        a_lead_account(desk, f"more_{number}")
    assert questions() == one <= 30
    event.remove(desk.app, "before_cursor_execute", count)
