"""A setup test tries everything, takes nothing in, and has one sentence a check with its mend; each check can go red."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.db.tables.audit import audit_log
from lib.db.tables.imports import integration_import_batches
from lib.db.unit_of_work import Desk
from lib.domain.hooks import NOT_VERIFIED, Refusal
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck, SetupTest
from lib.domain.people import Role
from lib.errors import NotAllowed, NotFound
from lib.pipeline.intake.credentials import mark_of
from lib.pipeline.setup.setup_test import try_account
from lib.services.setup import account_settings, setup_test
from tests.builders import a_map, a_person, admin, an_account, an_approved_map, everything, table_rows
from tests.hooking import SECRET, a_body, a_hook_account, door_on, standard
from tests.integration.pulls.asking import SECRETS, a_ledger
from tests.integration.pulls.pulling import Connected, a_callrail, a_titan
from tests.standins import callrail as cr
from tests.standins import servicetitan as st
from tests.standins.serving import Fault

PASSED, WARNING, FAILED, NONE = CheckResult.PASSED, CheckResult.WARNING, CheckResult.FAILED, CheckResult.NOT_APPLICABLE
KEYS = (
    "credential", "base_url", "scopes", "data_page", "clock_skew", "drop_place", "webhook_signature", "time_zone",
    "auth_expiry",
)  # fmt: skip


def tried(connected: Connected) -> SetupTest:
    return try_account(connected.desk, admin(connected.desk), connected.key)


def check(test: SetupTest, key: str) -> SetupCheck:
    (found,) = [item for item in test.checks if item.key == key]
    # Whatever does not pass says what to do about it.
    assert found.sentence
    assert found.mend or found.result in (PASSED, NONE), found
    return found


def result(test: SetupTest, key: str) -> CheckResult:
    return check(test, key).result


def test_every_check_says_how_it_went_and_nothing_is_taken_in(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        test = tried(titan)
        assert [item.key for item in test.checks] == list(KEYS)
        expected = dict.fromkeys(KEYS, NONE) | dict.fromkeys((*KEYS[:5], "time_zone"), PASSED)
        assert {item.key: item.result for item in test.checks} == expected
        assert "5 records of job" in check(test, "data_page").sentence
        assert (test.outcome, test.person) == (PASSED, "admin@localhost")
        assert table_rows(desk.app, integration_import_batches) == []
        assert titan.cursor.version == 0
        assert "setup tested" in [row["action"] for row in table_rows(desk.app, audit_log)]
        # Kept for good, newest first.
        again = tried(titan)
        assert [item.id for item in desk.ask(admin(desk), setup_test.tests_of, "titan")] == [again.id, test.id]


def test_an_account_is_tried_while_it_is_paused(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        titan.desk.do(admin(desk), account_settings.pause_account, "titan")
        assert tried(titan).outcome is PASSED


def test_before_anything_is_mapped_every_object_it_offers_is_asked_for(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        books = {name: a_ledger(3) for name in ("job", "call", "booking", "lead", "invoice", "customer", "campaign")}
        for name, ledger in books.items():
            ledger.details = st.details_of(name)
        titan.stand_in.books = books  # type: ignore[attr-defined]
        an_account(titan.desk, "bare", provider="servicetitan")
        told = {name: f"{value}" for name, value in _said(titan).items()}
        titan.desk.do(admin(desk), account_settings.set_account, "bare", told)
        test = try_account(titan.desk, admin(desk), "bare")
        assert test.outcome is PASSED, test
        assert all(name in check(test, "data_page").sentence for name in ("job", "call", "invoice", "campaign"))


@pytest.mark.parametrize("reference", ["credential_ref", "pull.app_key_ref"])
def test_a_credential_that_is_not_there_stops_the_questions(desk: Desk, reference: str) -> None:
    with a_titan(desk, a_ledger()) as titan:
        for value in ("", "env:NOBODY_SET_THIS"):
            titan.set(**{reference.replace(".", "__"): value})
            test = tried(titan)
            assert (result(test, "credential"), result(test, "base_url")) == (FAILED, NONE)
            assert test.outcome is FAILED
        assert "env:NOBODY_SET_THIS" in check(test, "credential").sentence
        assert titan.stand_in.asked == []


def test_a_credential_of_another_form_than_the_api_takes_is_no_answer_of_the_provider(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_titan(desk, a_ledger()) as titan:
        monkeypatch.setenv("TITAN_CREDENTIAL", "one-part-only")
        test = tried(titan)
        assert "ID:SECRET" in check(test, "credential").sentence
        assert {result(test, key) for key in ("base_url", "scopes", "data_page")} == {NONE}
        assert titan.stand_in.asked == []


def test_a_credential_that_is_refused_and_one_without_a_scope_are_told_apart(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_titan(desk, a_ledger()) as titan:
        titan.stand_in.books["invoice"] = a_ledger(2)  # type: ignore[attr-defined]
        an_approved_map(titan.desk, "titan", a_map("invoice", {"external_id": "id", "occurred_at": "invoiceDate"}))
        titan.stand_in.scopes = {"job"}  # type: ignore[attr-defined]
        test = tried(titan)
        assert (result(test, "base_url"), result(test, "scopes"), result(test, "data_page")) == (PASSED, FAILED, PASSED)
        assert check(test, "scopes").sentence == "The credential may not read invoice (403); it may read job."
        monkeypatch.setenv("TITAN_CREDENTIAL", f"{st.CLIENT}:rotated-away")
        before = len(titan.stand_in.asked)
        test = tried(titan)
        # It is tried once and not for every object, which could lock it.
        assert len(titan.stand_in.asked) == before + 1
        assert (result(test, "base_url"), result(test, "scopes"), result(test, "data_page")) == (PASSED, FAILED, NONE)
        assert "does not accept" in check(test, "scopes").sentence


def test_an_address_where_nobody_answers_fails_and_nothing_else_is_guessed(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        titan.set(pull__base_url="http://127.0.0.1:9", pull__token_url="http://127.0.0.1:9/connect/token")
        test = tried(titan)
        assert "cannot be reached" in check(test, "base_url").sentence
        assert {result(test, key) for key in ("scopes", "data_page", "clock_skew")} == {NONE}
        titan.set(pull__base_url=titan.stand_in.url, pull__token_url=f"{titan.stand_in.url}/connect/token")
        titan.set(pull__tenant="4711")
        assert "no such address" in check(tried(titan), "base_url").sentence


def test_a_provider_that_is_asked_too_often_is_a_warning(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        titan.stand_in.faults = [Fault("rate_limited", times=2, seconds=900)]
        test = tried(titan)
        assert (result(test, "base_url"), test.outcome) == (WARNING, WARNING)
        # Nobody waits a quarter of an hour for a test, or asks somebody in trouble more than twice.
        assert sum(titan.time.slept) < 60
        before = len(titan.stand_in.data_requests)
        titan.stand_in.faults = [Fault("error", times=99)]
        assert result(tried(titan), "base_url") is FAILED
        assert len(titan.stand_in.data_requests) == before + 2


def test_a_page_that_cannot_be_read_fails_and_an_empty_one_is_a_warning(desk: Desk) -> None:
    with a_titan(desk, a_ledger(0)) as titan:
        assert result(tried(titan), "data_page") is WARNING
        titan.stand_in.books["job"] = ledger = a_ledger(3)  # type: ignore[attr-defined]
        ledger.details = lambda *_: {"id": None}
        assert "3 records of 3 without id" in check(tried(titan), "data_page").sentence
        titan.stand_in.faults = [Fault("cut_off", times=9)]
        assert "not whole JSON" in check(tried(titan), "base_url").sentence


@pytest.mark.parametrize(("seconds", "expected"), [(30, PASSED), (-90, WARNING), (400, FAILED)])
def test_a_clock_that_is_off_is_a_warning_and_beyond_what_webhooks_bear_a_failure(
    desk: Desk, seconds: int, expected: CheckResult
) -> None:
    with a_titan(desk, a_ledger()) as titan:
        titan.stand_in.skew = timedelta(seconds=seconds)
        found = check(tried(titan), "clock_skew")
        assert found.result is expected
        assert "behind" in found.sentence or seconds > 0


def test_moments_of_another_zone_than_the_accounts_are_noticed(desk: Desk) -> None:
    with a_callrail(desk, a_ledger()) as rail:
        assert result(tried(rail), "time_zone") is PASSED
        rail.set(timezone="America/New_York")
        found = check(tried(rail), "time_zone")
        assert found.result is WARNING
        assert "UTC-07:00, which is not America/New_York" in found.sentence


def test_a_sign_in_that_ends_is_foretold_and_one_that_ended_fails(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        for days, expected in ((30, PASSED), (9, WARNING), (-1, FAILED)):
            titan.set(auth_expires_on=(titan.time() + timedelta(days=days)).date().isoformat())
            assert result(tried(titan), "auth_expiry") is expected


def test_a_webhook_that_was_refused_since_the_last_good_one_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = a_hook_account(desk, monkeypatch)
    boss, now = admin(desk), desk.clock()
    found = check(try_account(desk, boss, "site"), "webhook_signature")
    assert found.result is PASSED
    assert "none has come yet" in found.sentence
    with door_on(desk) as door:
        body = a_body(1)
        assert door.post("/hooks/site", content=body, headers=standard(body, "m1", now)).status_code == 202
        assert "the last that came was taken" in check(try_account(desk, boss, "site"), "webhook_signature").sentence
        bad = {**standard(body, "m2", now), "webhook-signature": "v1,bm8="}
        assert door.post("/hooks/site", content=body, headers=bad).status_code == 401
    # A refusal is written down beside its answer, when the next batch is; here it is written at once.
    refusal = Refusal(account.id, account.client_id, NOT_VERIFIED, now + timedelta(hours=1))
    desk.do(boss, lambda tx: tx.receipts.add_refusal(refusal, 1, tx.now))
    found = check(try_account(desk, boss, "site"), "webhook_signature")
    assert (found.result, "could not be verified" in found.sentence) == (WARNING, True)
    monkeypatch.delenv("SITE_HOOK_SECRET")
    test = try_account(desk, boss, "site")
    assert (result(test, "webhook_signature"), result(test, "credential")) == (FAILED, FAILED)


def test_a_rotated_credential_shows_by_its_mark_and_no_secret_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_titan(desk, a_ledger()) as titan:
        account = desk.ask(admin(desk), lambda tx: tx.accounts.by_key("titan"))
        test = tried(titan)
        assert test.credential_mark == mark_of(desk, account) != ""
        for name, value in (("TITAN_CREDENTIAL", f"{st.CLIENT}:another"), ("TITAN_APP_KEY", "another")):
            with monkeypatch.context() as patch:
                patch.setenv(name, value)
                assert mark_of(desk, account) != test.credential_mark
        with monkeypatch.context() as patch:
            patch.delenv("TITAN_CREDENTIAL")
            assert mark_of(desk, account) != test.credential_mark
        an_account(desk, "files")
        assert try_account(desk, admin(desk), "files").credential_mark == ""
        held = repr(everything(desk))
        assert not any(secret in held for secret in (*SECRETS, SECRET, cr.KEY))


def test_a_folder_that_is_not_there_fails(desk: Desk, tmp_path: Path) -> None:
    an_account(desk, "files")
    place = tmp_path / "in"
    desk.do(admin(desk), account_settings.set_account, "files", {"drop.url": str(place), "drop.object": "lead"})
    assert result(try_account(desk, admin(desk), "files"), "drop_place") is FAILED
    place.mkdir()
    (place / "a.csv").write_text("id\n1\n")
    found = check(try_account(desk, admin(desk), "files"), "drop_place")
    assert (found.result, "1 file to take" in found.sentence) == (PASSED, True)


def test_an_account_of_files_alone_has_nothing_to_fail(desk: Desk) -> None:
    an_account(desk, "files", provider="servicetitan")
    test = try_account(desk, admin(desk), "files")
    assert {item.key: item.result for item in test.checks} == dict.fromkeys(KEYS, NONE) | {"time_zone": PASSED}
    assert test.is_good


def test_who_may_not_see_an_account_may_not_try_it(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        an_account(desk, "other", client="bolt")
        stranger = a_person(desk, "eve@example.com", Role.OWNER, "bolt")
        client = a_person(desk, "cli@example.com", Role.STAKEHOLDER, "acme")
        with pytest.raises(NotFound):
            try_account(titan.desk, stranger, "titan")
        with pytest.raises(NotAllowed):
            try_account(titan.desk, client, "titan")
        with pytest.raises(NotAllowed):
            titan.desk.ask(client, setup_test.tests_of, "titan")
        assert titan.stand_in.asked == []


def _said(titan: Connected) -> dict[str, Any]:
    return {
        "credential_ref": "env:TITAN_CREDENTIAL",
        "pull.base_url": titan.stand_in.url,
        "pull.token_url": f"{titan.stand_in.url}/connect/token",
        "pull.tenant": st.TENANT,
        "pull.app_key_ref": "env:TITAN_APP_KEY",
    }
