"""Home shows what there is, says what to do next, and in trouble says one sentence."""

from __future__ import annotations

import ast
import logging
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.imports import DateRange
from lib.domain.people import Actor, Role
from lib.domain.states import AccountStatus, DeliveryStatus, LoadStatus
from lib.domain.verdicts import RowClass, Verdict
from lib.services import overview
from lib.services.overview import AccountLine, DeliveryLine, LoadLine, Overview
from lib.ui import guard

PROJECT = Path(__file__).resolve().parents[2]

ANGI = AccountLine(
    key="harbor_angi",
    client_name="Harbor Roofing",
    source_label="Angi",
    status=AccountStatus.SETUP,
    owner_email="ana@harbor.example",
)
FILE = DeliveryLine(
    id=12,
    source_label="Angi",
    file_name="leads.csv",
    received_at=datetime(2026, 11, 21, 9, 14, tzinfo=UTC),
    days=DateRange(date(2026, 11, 1), date(2026, 11, 20)),
    row_count=4969,
    status=DeliveryStatus.READ,
    error_note="",
)
LOAD = LoadLine(
    id=1042,
    source_label="Angi",
    object="lead",
    map_version=4,
    row_count=4969,
    verdicts={Verdict.CREATED: 4960, Verdict.FAILED: 9},
    classes={RowClass.GENUINE: 4900, RowClass.TEST: 69},
    status=LoadStatus.IN_REVIEW,
    is_test=False,
)


def shows(monkeypatch: pytest.MonkeyPatch, seen: Overview) -> None:
    monkeypatch.setattr(overview, "overview", lambda _tx: seen)


def words(page: AppTest) -> str:
    """Everything a person reads on the page."""
    texts = [
        element.value for kind in ("markdown", "title", "subheader", "error", "code") for element in page.get(kind)
    ]
    tables = [table.value.to_csv(index=False) for table in page.table]
    return "\n".join([*texts, *tables])


def test_an_empty_desk_says_what_to_type_first(desk_home: Path, router: AppTest) -> None:
    page = router.run()
    assert not page.exception
    assert not page.error
    text = words(page)
    assert "Connect a provider." in text
    assert "No provider is connected yet." in text
    assert "Nothing has arrived yet." in text
    assert "No load yet." in text
    assert "python -m lib account add" in text


def test_what_is_there_is_listed_with_its_source_and_verdicts(
    desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows(monkeypatch, Overview(accounts=(ANGI,), deliveries=(FILE,), loads=(LOAD,)))
    page = router.run()
    assert not page.exception
    accounts, deliveries, loads = (table.value for table in page.table)
    assert list(accounts["Source"]) == list(deliveries["Source"]) == list(loads["Source"]) == ["Angi"]
    assert list(deliveries["Rows"]) == ["4,969"]
    assert list(deliveries["Days"]) == ["1 Nov to 20 Nov 2026"]
    assert list(loads["Verdicts"]) == [":green[\\+ 4,960 created] · :red[× 9 failed]"]
    assert list(loads["Classes"]) == ["● 4,900 genuine · ○ 69 test"]
    assert "Load 1042 waits for a decision." in words(page)
    shows(monkeypatch, Overview(accounts=(ANGI,), deliveries=(FILE,), loads=(replace(LOAD, id=1043), LOAD)))
    assert "Load 1042 waits for a decision." in words(router.run())


def test_the_next_line_follows_what_there_is(desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    shows(monkeypatch, Overview(accounts=(ANGI,), deliveries=(), loads=()))
    assert "Import a first file." in words(router.run())
    decided = replace(LOAD, status=LoadStatus.COMMITTED)
    shows(monkeypatch, Overview(accounts=(ANGI,), deliveries=(FILE,), loads=(decided,)))
    assert "Nothing waits for you." in words(router.run())
    shows(monkeypatch, Overview(accounts=(ANGI,), deliveries=(FILE,), loads=(replace(LOAD, is_test=True),)))
    assert "Nothing waits for you." in words(router.run())


def test_a_file_named_as_a_picture_is_only_a_name(
    desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = replace(FILE, file_name="![x](http://evil.example/p.png)", source_label="[a](http://evil.example)")
    shows(monkeypatch, Overview(accounts=(ANGI,), deliveries=(trap,), loads=()))
    table = router.run().table[1].value
    assert list(table["File"]) == ["` ![x](http://evil.example/p.png) `"]
    assert "](" not in table["Source"][0]


def test_a_refused_file_says_why(desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = replace(
        FILE, status=DeliveryStatus.REFUSED, row_count=None, days=None, error_note="The quote in line 88 never closes."
    )
    shows(monkeypatch, Overview(accounts=(ANGI,), deliveries=(refused,), loads=()))
    table = router.run().table[1].value
    assert list(table["Rows"]) == ["not read"]
    assert "The quote in line 88 never closes." in table["Status"][0]


def test_a_desk_never_migrated_says_one_sentence(empty_home: Path, router: AppTest) -> None:
    page = router.run()
    assert not page.exception
    assert len(page.error) == 1
    assert "migrate" in page.error[0].value
    assert not page.title


def test_a_bug_shows_its_reference_and_nothing_else(
    desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_tx: object) -> Overview:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(overview, "overview", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    with caplog.at_level(logging.ERROR, logger="connector_desk"):
        page = router.run()
    assert not page.exception
    assert len(page.error) == 1
    assert "hunter2" not in words(page)
    reference = page.error[0].value.split("`")[1]
    assert reference in caplog.text


def test_a_person_without_the_right_sees_nothing(
    desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stakeholder = Actor(7, "sam@harbor.example", "Sam", Role.STAKEHOLDER, frozenset({1}))
    monkeypatch.setattr(guard, "person_signed_in", lambda _desk: stakeholder)
    shows(monkeypatch, Overview(accounts=(ANGI,), deliveries=(FILE,), loads=(LOAD,)))
    page = router.run()
    assert "may not see rows and deliveries" in page.error[0].value
    assert not page.table
    assert not page.title


def test_every_page_asks_for_a_right_before_anything_else() -> None:
    """The first thing a page runs, after its imports, is the guard."""
    for path in (PROJECT / "pages").glob("*.py"):
        body = ast.parse(path.read_text()).body
        first = next(node for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom))
        assert isinstance(first, ast.Assign | ast.Expr), path
        assert isinstance(first.value, ast.Call), path
        assert isinstance(first.value.func, ast.Name), path
        assert first.value.func.id == "require", path
