"""The demo workspace comes in by the real road, and the desk then says what is true of it, to the unit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lib.db.unit_of_work import Desk
from lib.demo import DemoWorkspace, demo_workspace
from lib.demo_loading import SHOWN, load_demo, load_workspace
from lib.domain.people import Actor, Role
from lib.domain.states import LoadStatus
from lib.errors import DeskError, NotAllowed
from lib.pipeline.loading.decisions import approve
from lib.reporting.periods import day_bounds
from lib.services.counting import metrics
from lib.services.mapping import maps
from lib.services.publishing import portal
from lib.services.reviewing import review
from lib.services.setup import accounts, clients
from tests.builders import a_person, admin, desk_on
from tests.servers import drop_databases, fresh_databases, mariadb_server

NOON = datetime(2026, 3, 20, 16, tzinfo=UTC)
BROKEN_OFF_AT = 9


class _PulledPlugError(Exception):
    """Somebody ends the program in the middle of loading."""


@dataclass(frozen=True)
class Loaded:
    """A desk with the demo on it, and what loading it answered and showed."""

    desk: Desk
    actor: Actor
    workspace: DemoWorkspace
    made: dict[str, Any]
    shown: list[tuple[str, int, int]]


def _load_with_an_interruption(desk: Desk, workspace: DemoWorkspace) -> Loaded:
    actor, shown = admin(desk), []

    def pull_the_plug(_stage: str, done: int, _total: int) -> None:
        if done == BROKEN_OFF_AT:
            raise _PulledPlugError

    started = time.perf_counter()
    with pytest.raises(_PulledPlugError):
        load_workspace(desk, actor, workspace, pull_the_plug, SHOWN)
    made = load_workspace(desk, actor, workspace, lambda stage, done, total: shown.append((stage, done, total)), SHOWN)
    took = time.perf_counter() - started
    # Shown with -s; how fast a machine is promises nothing, so it is not asserted.
    print(f"\nThe demo's {made['loads']} loads of {made['rows']} rows took {took:.1f} s on {desk.app.dialect.name}.")  # noqa: T201
    return Loaded(desk, actor, workspace, made, shown)


# The year on the server, another year on the other side of the world, in `make prove`: what a server has a say in when
# rows are counted is proven on both, the short day among them, in tests/integration/road/test_roll_up.py.
@pytest.fixture(scope="module", params=["sqlite", pytest.param("mariadb", marks=pytest.mark.prove)])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    home = tmp_path_factory.mktemp("demo")
    with ExitStack() as ended:
        urls = (f"sqlite:///{home}/desk.db", f"sqlite:///{home}/traffic.db")
        workspace = demo_workspace(NOON.date())
        if request.param == "mariadb":
            server = mariadb_server()
            urls = fresh_databases(server)
            ended.callback(drop_databases, server, *urls)
            # The same year on the other side of the world, where the clocks change the other way, at any hour.
            workspace = demo_workspace(NOON.date(), timezone="Australia/Sydney", is_around_the_clock=True)
        yield _load_with_an_interruption(ended.enter_context(desk_on(urls, home, lambda: NOON)), workspace)


def _reviews(loaded: Loaded) -> list[dict[str, Any]]:
    ids = loaded.desk.ask(loaded.actor, lambda tx: tx.loads.every_id())
    return [loaded.desk.ask(loaded.actor, review.review_load, number) for number in sorted(ids)]


def _months(loaded: Loaded) -> dict[str, list[dict[str, Any]]]:
    found = loaded.desk.ask(loaded.actor, metrics.client_metrics, loaded.workspace.client_key)
    return {metric["metric"]: metric["values"] for metric in found if metric["dimension"] is None}


def _counted(values: list[dict[str, Any]]) -> dict[str, Decimal]:
    found = {item["period"]: Decimal(str(item["value"])) for item in values if item["value"] is not None}
    return {period: value for period, value in found.items() if value}


def test_the_desk_says_what_is_true_once_the_waiting_load_is_approved(loaded: Loaded) -> None:
    newest = loaded.workspace.deliveries[-1].days
    assert newest is not None
    before, waiting = _months(loaded), f"{newest.first:%Y-%m}"
    assert loaded.workspace.truth.keys() <= before.keys()
    for metric, truth in loaded.workspace.truth.items():
        is_waiting = metric.startswith("harbor-quotes.")
        expected = {month: value for month, value in truth.items() if not (is_waiting and month == waiting)}
        assert _counted(before[metric]) == expected, metric
    load = loaded.made["in_review"]
    assert approve(loaded.desk, loaded.actor, load)["status"] == LoadStatus.COMMITTED
    after = _months(loaded)
    for metric, truth in loaded.workspace.truth.items():
        assert _counted(after[metric]) == truth, metric


def test_every_day_of_the_year_is_right_to_the_unit_those_with_23_and_25_hours_among_them(loaded: Loaded) -> None:
    _every_load_approved(loaded)
    first, last = NOON.date() - timedelta(days=400), NOON.date()
    found = loaded.desk.ask(loaded.actor, metrics.client_metrics, loaded.workspace.client_key, first, last, "day")
    days = {item["metric"]: _counted(item["values"]) for item in found if item["dimension"] is None}
    wrong = {
        (name, day): (days[name].get(day), truth.get(day))
        for name, truth in loaded.workspace.daily_truth.items()
        for day in days[name].keys() | truth.keys()
        if days[name].get(day) != truth.get(day)
    }
    assert not wrong
    clock_changes = {f"{day}" for day in _clock_changes(loaded.workspace.timezone, first, last)}
    assert len(clock_changes) >= 2
    assert clock_changes & loaded.workspace.daily_truth["harbor-servicetitan.calls"].keys()
    numbers = {
        name: (len(truth), len(loaded.workspace.truth[name])) for name, truth in loaded.workspace.daily_truth.items()
    }
    print(f"\n{loaded.workspace.timezone}: (days, months) right to the unit: {numbers}")  # noqa: T201


def _clock_changes(timezone: str, first: date, last: date) -> list[date]:
    days = [first + timedelta(days=step) for step in range((last - first).days)]
    return [day for day in days if (bounds := day_bounds(day, timezone))[1] - bounds[0] != timedelta(days=1)]


def _every_load_approved(loaded: Loaded) -> None:
    """Also the one that the demo leaves in review, once."""
    load = loaded.made["in_review"]
    if loaded.desk.ask(loaded.actor, review.review_load, load)["status"] == LoadStatus.IN_REVIEW:
        approve(loaded.desk, loaded.actor, load)


def test_only_the_partial_month_and_the_running_one_are_incomplete(loaded: Loaded) -> None:
    partial = next(item.days for item in loaded.workspace.deliveries if item.is_partial)
    assert partial is not None
    running, broken_off = f"{NOON:%Y-%m}", f"{partial.first:%Y-%m}"
    incomplete = {
        name: [item["period"] for item in values if not item["complete"]]
        for name, values in _months(loaded).items()
        if name in loaded.workspace.truth
    }
    calls = {"harbor-servicetitan.calls", "harbor-servicetitan.booked_calls"}
    for name, months in incomplete.items():
        assert [month for month in months if month != running] == ([broken_off] if name in calls else []), name


def test_the_numbers_of_different_signals_stay_apart(loaded: Loaded) -> None:
    found = loaded.desk.ask(loaded.actor, metrics.client_metrics, loaded.workspace.client_key)
    signals = {metric["metric"]: (metric["signal"], metric["paid"]) for metric in found}
    assert signals["harbor-angi.paid_leads"] == ("marketplace_lead", "paid")
    assert signals["harbor-quotes.quote_requests"] == ("form_lead", "organic")
    assert signals["harbor-servicetitan.booked_calls"] == ("phone_call", "neither")
    assert signals["harbor-servicetitan.completed_jobs"] == ("crm_job", "neither")


def test_every_load_conserves_its_rows_and_meets_its_traps(loaded: Loaded) -> None:
    found = _reviews(loaded)
    verdicts: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for load in found:
        assert sum(load["verdicts"].values()) == sum(load["classes"].values()) == load["rows"]
        verdicts.update(load["verdicts"])
        classes.update(load["classes"])
        reasons.update(load["reasons"])
    assert min(classes[name] for name in ("test", "spam", "internal", "marketplace_duplicate")) > 10
    assert verdicts["updated"] > 50
    assert verdicts["duplicate"] > 10
    assert verdicts["failed"] == 2
    assert reasons["unreadable_date"] == reasons["unreadable_line"] == 1
    assert reasons["unseen_value"] > 3
    assert [(load["account"], load["object"]) for load in found if load["partial"]] == [("harbor-servicetitan", "call")]


def test_what_it_answers_is_what_lies_on_the_desk(loaded: Loaded) -> None:
    found = _reviews(loaded)
    made = loaded.made
    assert made["client"] == "Harbor Roofing (demo data)"
    assert made["accounts"] == 3
    assert made["loads"] == made["deliveries"] == len(found) == len(loaded.workspace.deliveries) - 1
    assert made["rows"] == sum(load["rows"] for load in found)
    assert made["in_review"] == found[-1]["load"]
    assert {load["status"] for load in found[:-1]} == {LoadStatus.COMMITTED}
    listed = loaded.desk.ask(loaded.actor, clients.every_client)
    assert [(client.key, client.is_demo) for client in listed] == [(made["key"], True)]


def test_progress_reaches_its_end_step_by_step(loaded: Loaded) -> None:
    done = [step for _, step, _ in loaded.shown]
    assert done == list(range(len(loaded.workspace.deliveries) + 2))
    assert {total for _, _, total in loaded.shown} == {done[-1]}


def test_every_field_of_every_map_is_answered_for(loaded: Loaded) -> None:
    for delivery in loaded.workspace.first_of_each_object():
        _, version = loaded.desk.ask(loaded.actor, maps.approved_map, delivery.account, delivery.object)
        assert maps.unplaced(version.field_map) == 0, delivery.object
        assert version.field_map.rule_for("external_id") is not None


def test_each_account_has_an_owner_and_its_paths_written_down(loaded: Loaded) -> None:
    for account in loaded.workspace.accounts:
        shown = loaded.desk.ask(loaded.actor, accounts.show_account, account.key)
        assert shown["owner"] == account.owner
        assert all(shown[name] for name in ("public_promise", "failure_path", "manual_fallback", "rollback_note"))


def test_the_client_has_a_portal_to_look_at(loaded: Loaded) -> None:
    seen = loaded.desk.ask(loaded.actor, portal.portal, loaded.workspace.client_key)
    assert tuple(card.metric for card, _ in seen.cards) == SHOWN
    truth = {f"{card.metric} {card.period.first:%Y-%m}": card.current for card, _ in seen.cards}
    for name, words in truth.items():
        metric, _, month = name.partition(" ")
        assert loaded.workspace.truth[metric][month] == Decimal(
            "".join(sign for sign in words if sign in "0123456789.")
        )


def test_a_second_time_is_refused_and_changes_nothing(loaded: Loaded) -> None:
    before = _reviews(loaded)
    with pytest.raises(DeskError) as refused:
        load_demo(loaded.desk, loaded.actor)
    assert refused.value.code == "demo_loaded"
    assert _reviews(loaded) == before


def test_only_an_admin_loads_the_demo(loaded: Loaded) -> None:
    analyst = a_person(loaded.desk, "an.analyst@example.com", Role.ANALYST)
    with pytest.raises(NotAllowed):
        load_demo(loaded.desk, analyst)
