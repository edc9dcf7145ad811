"""Home shows what there is, says what to do next, and in trouble says one sentence."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.ladder.standing import LoadSeen
from lib.domain.people import Actor, Role
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.domain.states import AccountStatus, LoadStatus
from lib.errors import DeskError
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.pipeline.opening import open_desk
from lib.services.mapping import maps
from lib.services.running import overview
from lib.services.running.overview import Connector, SignIn
from lib.services.setup import account_settings
from lib.settings import load_settings
from lib.ui.entry import first_start
from lib.ui.parts import connector_badges
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
    committed,
    import_file,
)
from tests.pages.reading import button, links, signed_in_as, words

PROJECT = Path(__file__).resolve().parents[2]
LEADS = a_csv([a_lead(1), a_lead(2)])


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def a_connector(**more: object) -> Connector:
    values: dict[str, object] = {
        "key": "harbor_angi",
        "source_label": "Angi",
        "client_name": "Harbor Roofing",
        "signals": (ObjectSignal(Signal.MARKETPLACE_LEAD, Paid.PAID),),
        "status": AccountStatus.SETUP,
        "rung": 2,
        "sign_in": SignIn.NOT_NEEDED,
        "last_load": None,
        "age_hours": None,
        "freshness_hours": 48,
        "owner_email": "ana@harbor.example",
        "has_approved_map": True,
        **more,
    }
    return Connector(**values)  # type: ignore[arg-type]


def a_load_seen(status: LoadStatus, *, is_test: bool = False) -> LoadSeen:
    return LoadSeen(7, "lead", status, is_test, 40, {}, datetime(2026, 11, 21, tzinfo=UTC), "")


def test_an_empty_desk_has_two_doors(desk_home: Path, router: AppTest) -> None:
    page = router.run()
    assert not page.exception
    assert not page.error
    text = words(page)
    assert "This desk is empty." in text
    assert "Invented data" in text
    assert links(page)["Connect a provider"] == ("provider_setup", "")
    assert not button(page, "Load the demo workspace").disabled


def test_the_second_door_loads_the_demo_in_the_name_of_who_acts(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def load(_desk: Desk, actor: Actor, progress: object) -> None:
        asked.append(actor.email)
        progress("setting up", 0, 3)  # type: ignore[operator]
        progress("angi-leads.json", 1, 3)  # type: ignore[operator]
        an_account(desk, "harbor_demo")

    monkeypatch.setattr(first_start, "load_demo", load)
    page = button(router.run(), "Load the demo workspace").click().run()
    assert not page.exception
    assert asked == [admin(desk).email]
    assert "This desk is empty." not in words(page)
    assert "Connectors" in words(page)


def test_a_demo_that_is_there_already_is_one_sentence(
    desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object) -> None:
        raise DeskError("demo_loaded", "Harbor is on this desk already.", "Look at it.")

    monkeypatch.setattr(first_start, "load_demo", load)
    page = button(router.run(), "Load the demo workspace").click().run()
    assert "Harbor is on this desk already." in page.error[0].value


def test_a_door_that_is_shut_says_why(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    page = router.run()
    assert button(page, "Load the demo workspace").disabled
    assert "Only an admin brings a client onto the desk." in words(page)
    assert "Connect a provider" not in links(page)


def test_the_next_line_follows_what_there_is(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    assert links(router.run())["Map its fields"] == ("field_maps", "account=site")
    version = desk.do(admin(desk), maps.save_map, "site", a_map("lead", LEAD_FIELDS)).version
    page = router.run()
    assert "Approve a map." in words(page)
    assert links(page)[f"Look at version {version}"][0] == "field_maps"
    desk.do(admin(desk), maps.approve_map, "site", "lead", version)
    assert links(router.run())["Import a file"] == ("import_review", "account=site")
    test = import_file(desk, LEADS, is_test=True)["load"]
    assert links(router.run())[f"Review load {test}"] == ("import_review", f"load={test}")
    real = import_file(desk, a_csv([a_lead(3)]))["load"]
    page = router.run()
    assert f"Review load {real}" in links(page)
    assert f"Review load {test}" not in links(page)


def test_nothing_waits_when_everything_is_decided(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(desk, LEADS)
    text = words(router.run())
    assert "Nothing waits for anybody." in text
    assert "Take Site further up its ladder." in text
    desk.do(admin(desk), account_settings.pause_account, "site")
    assert "Nothing waits for you." in words(router.run())


def test_each_connector_links_to_its_setup_with_its_signal_and_owner(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk, signals={"lead": "marketplace_lead:paid"})
    committed(desk, LEADS)
    page = router.run()
    assert links(page)["Site"] == ("provider_setup", "account=site")
    text = words(page)
    assert "Marketplace leads, paid" in text
    assert "admin@localhost" in text
    assert ":material/stairs: Rung 0 of 6" in text
    assert ":material/check: under 1 h ago" in text


@pytest.mark.parametrize(
    ("connector", "badges"),
    [
        (a_connector(), ("Rung 2 of 6", "Not needed", "None yet", "Not watched yet")),
        (a_connector(status=AccountStatus.LIVE, age_hours=3), ("Live", "Not needed", "None yet", "3 h ago")),
        (
            a_connector(last_load=a_load_seen(LoadStatus.APPROVED, is_test=True)),
            ("Rung 2 of 6", "Not needed", "Test, 40 rows", "Not watched yet"),
        ),
        (
            a_connector(sign_in=SignIn.MISSING, last_load=a_load_seen(LoadStatus.FAILED), age_hours=96),
            ("Rung 2 of 6", "Missing", "Failed", "4 d, allowed 2 d"),
        ),
        (
            a_connector(sign_in=SignIn.REFERENCE_SET, sign_in_days=6),
            ("Rung 2 of 6", "Ends in 6 d", "None yet", "Not watched yet"),
        ),
        (a_connector(sign_in=SignIn.REFUSED), ("Rung 2 of 6", "Refused", "None yet", "Not watched yet")),
        (a_connector(status=AccountStatus.PAUSED, age_hours=96), ("Paused", "Not needed", "None yet", "Paused")),
    ],
)
def test_four_questions_have_four_answers(connector: Connector, badges: tuple[str, ...]) -> None:
    said = (
        connector_badges.setup_badge(connector),
        connector_badges.sign_in_badge(connector),
        connector_badges.last_run_badge(connector),
        connector_badges.freshness_badge(connector),
    )
    assert all(wanted in got for wanted, got in zip(badges, said, strict=True)), said


def test_a_paused_connector_asks_for_nothing_and_a_stale_one_for_somebody() -> None:
    assert a_connector(age_hours=96).needs_attention
    assert not a_connector(age_hours=96, status=AccountStatus.PAUSED).needs_attention
    assert not a_connector(age_hours=3).needs_attention
    assert a_connector(sign_in=SignIn.REFERENCE_SET, sign_in_days=14).needs_attention
    assert not a_connector(sign_in=SignIn.REFERENCE_SET, sign_in_days=15).needs_attention


def test_the_filter_stands_in_the_address(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    router.query_params["show"] = "live"
    assert "No connector is in this state." in words(router.run())


def test_a_filter_that_does_not_exist_shows_everything(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    router.query_params["show"] = "nonsense"
    assert "No connector is in this state." not in words(router.run())


def test_the_client_in_the_address_narrows_home_to_it(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk, "site")
    a_lead_account(desk, "theirs", client="bolt")
    load = import_file(desk, LEADS, "theirs")["load"]
    router.query_params["client"] = "acme"
    page = router.run()
    assert "Theirs" not in links(page)
    assert f"load {load}" not in words(page)


def test_a_refused_file_says_why_and_is_only_a_name(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    trap = Delivered("site", "lead", "![x](http://evil.example/p.png)", b"%PDF-1.7 not a table")
    with pytest.raises(DeskError):
        import_delivery(desk, admin(desk), trap)
    text = words(router.run())
    assert "Failed work" in text
    assert "was refused" in text
    assert "![x](http://evil.example/p.png)" not in text


def test_arrivals_stand_signal_by_signal_and_claim_nothing_without_data(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    committed(desk, a_csv([a_lead(1, day=yesterday), a_lead(2, day=yesterday)]))
    table = router.run().dataframe[-1].value
    assert list(table["Signal"]) == ["Form leads, organic"]
    assert list(table["This week"]) == [2]
    assert table["Usual week"].isna().all()
    assert "of 7 days are here" in table["Reads as"][0]


def test_a_day_of_last_month_makes_no_usual_week(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(at(desk, lambda: datetime(2026, 3, 9, tzinfo=UTC)), LEADS)
    assert list(router.run().dataframe[-1].value["Reads as"]) == ["Nothing is known of this week"]


def test_each_connector_has_the_pulse_of_its_newest_loads(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(desk, LEADS)
    import_file(desk, a_csv([a_lead(3), a_lead(4, name="")]))
    table = router.run().dataframe[0].value
    assert list(table["Rows, load by load"][0]) == [2, 2]
    assert list(table["Connector"]) == ["Site"]


def test_each_client_is_ready_to_report_or_says_what_is_missing(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    assert "Nothing promised" in words(router.run())
    desk.do(admin(desk), account_settings.set_account, "site", {"promised": "leads"})
    page = router.run()
    text = words(page)
    assert "it is not live, on rung 0 of 6" in text
    assert "every day of" in text
    assert links(page)["Acme"] == ("provider_setup", "account=site")


def test_the_timeline_is_narrowed_by_the_address(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(desk, LEADS)
    everything = words(router.run())
    assert "Load committed" in everything
    assert "Map approved" in everything
    router.query_params["kind"] = "maps"
    narrowed = words(router.run())
    assert "Map approved" in narrowed
    assert "Load committed" not in narrowed


def test_an_address_that_asks_for_another_account_or_no_kind_shows_everything(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    router.query_params.update({"at": "nowhere", "kind": "nonsense", "lines": "many"})
    page = router.run()
    assert not page.error
    assert "Map approved" in words(page)


def test_a_desk_never_migrated_says_one_sentence(empty_home: Path, router: AppTest) -> None:
    page = router.run()
    assert not page.exception
    assert len(page.error) == 1
    assert "migrate" in page.error[0].value


def test_a_bug_shows_its_reference_and_nothing_else(
    desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_tx: object, _client: str) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(overview, "overview", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    with caplog.at_level(logging.ERROR, logger="connector_desk"):
        page = router.run()
    assert not page.exception
    assert len(page.error) == 1
    assert "hunter2" not in words(page)
    assert page.error[0].value.split("`")[1] in caplog.text


def test_a_person_without_the_right_sees_nothing(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    a_lead_account(desk)
    signed_in_as(monkeypatch, a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme"))
    router.run()
    router.switch_page("../../pages/home.py")
    page = router.run()
    assert "There is nothing at this address" in words(page)
    assert "Connectors" not in words(page)
    assert "Site" not in links(page)


def test_an_analyst_of_another_client_sees_only_their_own(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(desk, "site")
    load = import_file(desk, LEADS)["load"]
    an_account(desk, "theirs", client="bolt")
    signed_in_as(monkeypatch, a_person(desk, "ann@bolt.example", Role.ANALYST, "bolt"))
    page = router.run()
    assert "Theirs" in links(page)
    assert "Site" not in links(page)
    assert f"load {load}" not in words(page)


def test_a_secret_is_never_on_home(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"credential_ref": "env:HARBOR_KEY"})
    text = words(router.run())
    assert "Reference set" in text
    assert "HARBOR_KEY" not in text


def test_every_page_asks_for_a_right_before_anything_else() -> None:
    """The first thing a page runs, after its imports, is the guard."""
    for path in (PROJECT / "pages").glob("*.py"):
        body = ast.parse(path.read_text()).body
        first = next(node for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom))
        assert isinstance(first, ast.Assign | ast.Expr), path
        assert isinstance(first.value, ast.Call), path
        assert isinstance(first.value.func, ast.Name), path
        assert first.value.func.id == "require", path
