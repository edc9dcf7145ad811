"""An account's settings: each change is a version with its diff, bad input changes nothing, and secrets are refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from lib.db.tables.accounts import account_versions as version_lines
from lib.db.tables.accounts import integration_provider_accounts as provider_accounts
from lib.db.unit_of_work import Desk
from lib.domain.accounts import Account
from lib.domain.people import Role
from lib.domain.states import AccountStatus
from lib.errors import DeskError, NotAllowed
from lib.services.setup import account_settings, accounts, clients, desk_settings
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
    desk_on,
    everything,
    import_file,
    table_rows,
)

# Put together here, so that no scanner of this file takes it for a real one.
SECRET = "".join(("sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc"))


def set_to(desk: Desk, key: str = "site", **changes: str) -> dict[str, Any]:
    """Change settings, `__` for the dot in a name."""
    told = {name.replace("__", "."): text for name, text in changes.items()}
    return desk.do(admin(desk), account_settings.set_account, key, told)


def refused(desk: Desk, key: str = "site", **changes: str) -> DeskError:
    """The trouble that settings meet; nothing at all is changed by them."""
    before = everything(desk)
    with pytest.raises(DeskError) as met:
        set_to(desk, key, **changes)
    assert everything(desk) == before
    return met.value


def added(desk: Desk, key: str, **more: Any) -> Account:
    """An account added as the desk does it, without the builder's help."""
    told = {"client": "acme", "provider": "angi", "owner": admin(desk), "reason": "Paid leads"} | more
    return desk.do(admin(desk), accounts.add_account, key, **told)


def changes_of(desk: Desk, key: str = "site") -> list[tuple[int, dict[str, list[Any]]]]:
    """The versions of an account, newest first, with what each changed."""
    found = desk.ask(admin(desk), account_settings.account_versions, key)
    return [(item.version, item.changes) for item in found]


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with one account, for those who are refused: each finds it as the one before did, and says so."""
    home = tmp_path_factory.mktemp("unchanged")
    with desk_on((f"sqlite:///{home}/a.db", f"sqlite:///{home}/t.db"), home) as desk:
        an_account(desk)
        yield desk


@pytest.fixture
def acme(sqlite_desk: Desk) -> Desk:
    """A desk with a client and no account yet."""
    sqlite_desk.do(admin(sqlite_desk), clients.add_client, "acme", "Acme", "America/Denver")
    return sqlite_desk


def test_each_change_is_a_version_that_says_what_was_before_and_after(desk: Desk) -> None:
    an_account(desk)
    set_to(
        desk, retention_days="30", failure_path="Tell Ana.", hook__window_seconds="5", policy__unreadable_date="stop"
    )
    (version, changed), (_, resumed), (first, made) = changes_of(desk)
    assert (first, version) == (1, 3)
    assert made["retention_days"] == [None, 90]
    assert made["signal.lead"] == [None, "form_lead:organic"]
    assert resumed == {"status": ["paused", "setup"]}
    assert changed == {
        "retention_days": [90, 30],
        "failure_path": [None, "Tell Ana."],
        "hook.window_seconds": [None, 5],
        "policy.unreadable_date": [None, "stop"],
    }
    line = desk.ask(admin(desk), lambda tx: tx.audit.of_account(tx.accounts.by_key("site").id, 1))[0]
    assert (line.action, line.email) == ("account changed", admin(desk).email)
    assert "retention_days: 90 → 30" in line.detail["changed"]


def test_what_says_the_same_again_is_no_version(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    shown = set_to(sqlite_desk, reason="To count", promised="leads, lead_fees,leads", four_eyes="yes")
    assert shown["promised"] == ["leads", "lead_fees"]
    before = everything(sqlite_desk)
    assert set_to(sqlite_desk, reason=" To count ", promised="leads,lead_fees", four_eyes="on") == shown
    assert everything(sqlite_desk) == before


def test_every_way_of_changing_an_account_leaves_a_version(sqlite_desk: Desk) -> None:
    from lib.domain.rows.class_rules import drawn_up
    from lib.services.loading import class_rules, match_rows

    desk, boss = sqlite_desk, admin(sqlite_desk)
    an_account(desk)
    set_to(desk, signal__lead="marketplace_lead")
    desk.do(boss, match_rows.set_match_rules, "site", "lead", ["phone"])
    desk.do(boss, class_rules.add_rule, "site", drawn_up("test", "name", "equals", ["Tessa"]))
    desk.do(boss, account_settings.pause_account, "site")
    told = [changed for _, changed in changes_of(desk)][:4]
    assert [list(changed) for changed in told] == [["status"], ["rule.1"], ["match.lead"], ["signal.lead"]]
    assert told[3]["signal.lead"] == ["form_lead:organic", "marketplace_lead:paid"]
    assert [number for number, _ in changes_of(desk)] == [6, 5, 4, 3, 2, 1]


def test_no_version_is_ever_changed_again(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    with pytest.raises(Exception, match=r"prohibited|not authorized"), sqlite_desk.app.begin() as connection:
        connection.execute(update(version_lines).values(version=9))


def test_two_who_change_one_account_at_once_do_not_overwrite_each_other(sqlite_desk: Desk) -> None:
    boss, stale = admin(sqlite_desk), an_account(sqlite_desk)
    set_to(sqlite_desk, reason="Mine")
    with pytest.raises(DeskError) as met:
        sqlite_desk.do(boss, lambda tx: tx.accounts.change(stale, {"reason": "Theirs"}))
    assert code_of(met) == "changed_meanwhile"


def test_an_account_is_made_paused_and_takes_nothing_in(acme: Desk) -> None:
    assert added(acme, "angi").status is AccountStatus.PAUSED
    an_approved_map(acme, "angi", a_map("lead", LEAD_FIELDS))
    with pytest.raises(DeskError) as met:
        import_file(acme, a_csv([a_lead(1)]), "angi")
    assert code_of(met) == "account_paused"
    assert table_rows(acme.app, version_lines)[0]["version"] == 1


def test_pause_and_resume_are_said_once_each(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    boss = admin(desk)
    for verb, status in (("pause", "paused"), ("pause", "paused"), ("resume", "setup"), ("resume", "setup")):
        shown = desk.do(boss, getattr(account_settings, f"{verb}_account"), "site")
        assert shown["status"] == status
    assert [next(iter(changed.values())) for _, changed in changes_of(desk)[:2]] == [
        ["paused", "setup"], ["setup", "paused"],
    ]  # fmt: skip


def test_what_was_live_before_its_pause_is_looked_at_before_it_is_live_again(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    boss = admin(desk)
    desk.do(boss, lambda tx: tx.accounts.change(tx.accounts.by_key("site"), {"status": AccountStatus.LIVE}))
    desk.do(boss, account_settings.pause_account, "site")
    set_to(desk, failure_path='Say so: {"status":["setup","x"]}')
    assert desk.do(boss, account_settings.resume_account, "site")["status"] == AccountStatus.NEEDS_REVIEW


def test_live_is_reached_by_no_setting(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    for status in ("live", "setup", "paused"):
        assert refused(sqlite_desk, status=status).code == "status_not_a_setting"


def test_the_same_provider_twice_under_one_label_needs_a_reason(any_desk: Desk) -> None:
    desk = any_desk
    desk.do(admin(desk), clients.add_client, "acme", "Acme", "America/Denver")
    label = added(desk, "angi").source_label
    with pytest.raises(DeskError) as met:
        added(desk, "angi_2")
    assert code_of(met) == "account_duplicate"
    assert "angi already" in met.value.message
    added(desk, "angi_north", source_label="Angi, north side")
    added(desk, "angi_2", second_because="The second franchise has a login of its own.")
    added(desk, "quotes", provider="quote_request", source_label=label)
    for key, same in (("angi_north", label.upper()), ("angi_2", " ANGI, north side")):
        with pytest.raises(DeskError) as met:
            set_to(desk, key, source_label=same)
        assert code_of(met) == "account_duplicate"
    assert set_to(desk, "angi_north", source_label="ANGI, north side")["source_label"] == "ANGI, north side"
    notes = desk.ask(admin(desk), lambda tx: tx.audit.of("account", tx.accounts.by_key("angi_2").id))
    assert notes[0].detail["because"] == "The second franchise has a login of its own."


def test_the_owner_is_a_person_of_the_desk_who_may_act_for_the_client(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    an_account(desk)
    an_account(desk, "theirs", client="bolt")
    ann = a_person(desk, "ann@desk.example", Role.ANALYST)
    otto = a_person(desk, "otto@bolt.example", Role.OWNER, "bolt")
    assert refused(desk, owner="nobody@desk.example").code == "unknown_person"
    assert refused(desk, owner="ann@desk.example").code == "owner_may_not"
    assert "sees nothing of Acme" in refused(desk, owner="otto@bolt.example").message
    for person in (ann, otto):
        with pytest.raises(DeskError) as met:
            added(desk, "angi", owner=person)
        assert code_of(met) == "owner_may_not"
    assert set_to(desk, "theirs", owner=" Otto@bolt.example")["owner"] == "otto@bolt.example"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"destination": "traffic"}, "destination_contradicts"),
        ({"destination": "cellar"}, "unknown_destination"),
        ({"signals": {"lead": "search_click"}}, "destination_contradicts"),
        ({"provider": "google_ads", "destination": "app"}, "destination_contradicts"),
        ({"provider": "google_ads", "signals": {"traffic_day": "marketplace_lead"}}, "destination_contradicts"),
        ({"provider": "other", "signals": {"job": "ad_click"}}, "destination_contradicts"),
        ({"reason": "  "}, "text_missing"),
        ({"reason": f"The key is {SECRET}"}, "secret_in_text"),
        ({"source_label": SECRET}, "secret_in_text"),
        ({"second_because": SECRET}, "secret_in_text"),
        ({"reason": "x" * 501}, "too_long"),
    ],
)
def test_an_account_that_cannot_be_is_not_made(unchanged: Desk, more: dict[str, Any], code: str) -> None:
    before = everything(unchanged)
    with pytest.raises(DeskError) as met:
        added(unchanged, "new", **more)
    assert code_of(met) == code
    assert everything(unchanged) == before
    assert SECRET not in f"{met.value.message}{met.value.hint}"


@pytest.mark.parametrize(
    ("setting", "text", "code"),
    [
        ("timezone", "America/Denvr", "unknown_timezone"),
        ("auth_expires_on", "next spring", "day_invalid"),
        ("promised", "Paid leads!", "promise_invalid"),
        ("signal__lead", "ad_click", "destination_contradicts"),
        ("retention_days", "a while", "retention_invalid"),
        ("freshness_hours", "-1", "not_a_number"),
        ("source_label", " ", "source_label_missing"),
        ("reason", "", "text_missing"),
        ("currency", "dollars", "not_a_code"),
        ("credential_ref", "hunter2", "not_a_reference"),
        ("credential_ref", f"env:{SECRET}", "not_a_reference"),
        ("webhook_secret", SECRET, "not_a_reference"),
        ("hook__challenge_ref", SECRET, "secret_in_text"),
        ("no_such", "thing", "unknown_setting"),
        *[
            (name, f"Ask the office: {SECRET}", "secret_in_text")
            for name in (
                "source_label", "reason", "public_promise", "failure_path", "manual_fallback", "rollback_note",
                "retry_rules", "auth_model", "auth_scopes", "timezone", "phone_region", "currency", "owner", "promised",
                "hook__success_text", "pull__tenant", "retention_days", "auth_expires_on",
            )
        ],
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_changes_nothing(
    unchanged: Desk, caplog: pytest.LogCaptureFixture, setting: str, text: str, code: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        trouble = refused(unchanged, **{"auth_model": "changed too", setting: text})
    assert trouble.code == code
    assert SECRET not in f"{trouble.message}{trouble.hint}{caplog.text}"


def test_where_an_account_loads_to_may_change_while_nothing_came_and_everything_goes_along(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    assert set_to(sqlite_desk, destination="traffic")["destination"] == "traffic"


def test_payloads_are_kept_no_shorter_than_the_law_allows(any_desk: Desk) -> None:
    desk = any_desk
    an_account(desk)
    boss = admin(desk)
    set_to(desk, retention_days="30")
    assert desk.do(boss, desk_settings.set_desk, {"min_retention_days": "60"}) == ("site",)
    with pytest.raises(DeskError) as met:
        set_to(desk, retention_days="59")
    assert code_of(met) == "retention_below_minimum"
    with pytest.raises(DeskError):
        set_to(desk, retention_days="0")
    # What is not touched is no reason to refuse the rest.
    set_to(desk, failure_path="Tell Ana.")
    assert set_to(desk, retention_days="forever")["retention_days"] == -1
    assert set_to(desk, retention_days="60")["retention_days"] == 60
    assert desk.do(boss, desk_settings.set_desk, {"min_retention_days": "200"}) == ("site",)
    assert added(desk, "new").retention_days == 200


def test_the_desk_says_what_holds_and_who_said_it(sqlite_desk: Desk) -> None:
    desk, boss = sqlite_desk, admin(sqlite_desk)
    shown = desk.ask(boss, desk_settings.show_desk)
    assert [(item.name, item.value, item.said_by) for item in shown] == [
        ("min_retention_days", 0, ""), ("test_days", 30, ""),
    ]  # fmt: skip
    desk.do(boss, desk_settings.set_desk, {"test_days": "14"})
    desk.do(boss, desk_settings.set_desk, {"test_days": "7"})
    said = desk.ask(boss, desk_settings.show_desk)[1]
    assert (said.value, said.said_by) == (7, boss.email)
    for changes, code in (
        ({"test_days": "0"}, "desk_setting_invalid"), ({"test_days": "soon"}, "not_a_number"),
        ({"mood": "1"}, "unknown_setting"), ({"test_days": SECRET}, "secret_in_text"),
    ):  # fmt: skip
        with pytest.raises(DeskError) as met:
            desk.do(boss, desk_settings.set_desk, changes)
        assert code_of(met) == code
    olga = a_person(desk, "olga@desk.example", Role.OWNER)
    with pytest.raises(NotAllowed):
        desk.do(olga, desk_settings.set_desk, {"test_days": "1"})
    assert desk.ask(olga, lambda tx: tx.desk_settings.now()).test_days == 7


def test_an_analyst_changes_nothing_of_an_account(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    ann = a_person(sqlite_desk, "ann@desk.example", Role.ANALYST)
    for verb in (account_settings.pause_account, account_settings.resume_account):
        with pytest.raises(NotAllowed):
            sqlite_desk.do(ann, verb, "site")
    with pytest.raises(NotAllowed):
        sqlite_desk.do(ann, account_settings.set_account, "site", {"reason": "Mine"})
    assert len(sqlite_desk.ask(ann, account_settings.account_versions, "site")) == 2


def test_the_end_of_a_credential_is_a_day_or_nothing(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    assert set_to(sqlite_desk, auth_expires_on="2027-03-31")["auth_expires_on"] == "2027-03-31"
    assert table_rows(sqlite_desk.app, provider_accounts)[0]["auth_expires_on"] == date(2027, 3, 31)
    assert set_to(sqlite_desk, auth_expires_on="")["auth_expires_on"] is None
    assert changes_of(sqlite_desk)[0][1] == {"auth_expires_on": ["2027-03-31", None]}
