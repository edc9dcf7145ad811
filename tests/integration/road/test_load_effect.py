"""What a load's effect foretells is what its approval does to the numbers."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lib.db.tables.reports import report_metrics
from lib.db.unit_of_work import Desk
from lib.domain.maps import Blank
from lib.domain.people import Role
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.errors import DeskError, NotAllowed, NotFound
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.fixing import decide
from lib.services.reviewing.load_effect import LoadEffect, load_effect
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    desk_on,
    import_file,
    table_rows,
)


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened


_NAMES = (f"road{number}" for number in itertools.count())
_FIELDS = {
    "lead": {"id": "external_id", "date": "occurred_at", "name": "name", "outcome": "outcome", "fee": "fee"},
    "traffic_day": {"id": "external_id", "date": "day", "clicks": "clicks", "cost": "cost", "name": "campaign"},
}
_AMOUNT = st.sampled_from(["", "10.25", "0.10", "-3"])
_LEAD = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["A", "B", "C", "D"]),
        # The second of these is still the day before in Denver, and the last is no date.
        "date": st.sampled_from(["2026-03-31 20:00:00Z", "2026-04-01 05:59:00Z", "2026-05-02 20:00:00Z", "soon"]),
        "name": st.sampled_from(["Rosa", "Rosa", "Test Person"]),
        "outcome": st.sampled_from(["", "credited"]),
        "fee": _AMOUNT,
    }
)
_TRAFFIC = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["A", "B", "C"]),
        "date": st.sampled_from(["2026-03-31", "2026-04-01"]),
        "clicks": st.sampled_from(["", "1", "7"]),
        "cost": _AMOUNT,
        "name": st.sampled_from(["", "spring"]),
    }
)


def effect_of(desk: Desk, load: int) -> LoadEffect:
    return desk.ask(admin(desk), load_effect, load)


def sums_of(desk: Desk, column: str = "value") -> dict[int, Counter[str]]:
    """What every metric says of each day."""
    found: dict[int, Counter[str]] = {}
    for row in table_rows(desk.app, report_metrics):
        found.setdefault(row["metric_id"], Counter())[row["day"].isoformat()] += row[column]
    return found


def moved(before: Counter[str], after: Counter[str]) -> dict[str, Decimal]:
    days = sorted({*before, *after})
    return {day: after[day] - before[day] for day in days if after[day] != before[day]}


def _drawn(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@_drawn(4)
@given(data=st.data())
def test_the_effect_that_is_foretold_is_what_the_approval_does(desk: Desk, data: st.DataObject) -> None:
    _require_foretold(desk, data)


@pytest.mark.prove
@_drawn(100)
@given(data=st.data())
def test_the_effect_of_any_load_is_foretold(desk: Desk, data: st.DataObject) -> None:
    _require_foretold(desk, data)


def _require_foretold(desk: Desk, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["lead", "lead", "traffic_day"]))
    row, key = (_LEAD, next(_NAMES)) if name == "lead" else (_TRAFFIC, next(_NAMES))
    traffic = {"destination": "traffic"} if name == "traffic_day" else {"provider": "angi"}
    an_account(desk, key, client=key, **traffic)  # type: ignore[arg-type]
    blanks = data.draw(st.sampled_from(list(Blank)))
    field_map = a_map(name, {target: source for source, target in _FIELDS[name].items()})
    an_approved_map(desk, key, replace(field_map, fields=tuple(replace(r, blank=blanks) for r in field_map.fields)))
    for rows in data.draw(st.lists(st.lists(row, min_size=1, max_size=5), min_size=1, max_size=3)):
        load = import_file(desk, a_csv(rows), key, name)
        if load["already_seen"] or load["blockers"]:
            continue
        if data.draw(st.booleans()) and load["verdicts"]["created"]:
            decide(desk, admin(desk), load["load"], WhichRows(row_nos=(0,)), DecisionKind.HOLD, "to see")
        told, before = effect_of(desk, load["load"]), sums_of(desk)
        approve(desk, admin(desk), load["load"])
        after = sums_of(desk)
        for item in told.metrics:
            if item.days or not item.months:
                was, now = before.get(item.metric.id, Counter()), after.get(item.metric.id, Counter())
                assert {day.isoformat(): value for day, value in item.days.items()} == moved(was, now)
                for month in item.months:
                    name_ = month.range.first.isoformat()[:7]
                    assert (month.now or 0) == sum(value for day, value in was.items() if day.startswith(name_))
                    assert month.after == sum(value for day, value in now.items() if day.startswith(name_))


def test_the_sentence_names_the_source_the_months_and_what_is_left_out(desk: Desk) -> None:
    a_lead_account(desk, provider="angi")
    committed(desk, a_csv([a_lead(number) for number in range(1, 4)]))
    rows = [a_lead(3, day="2026-04-02"), *(a_lead(number) for number in range(4, 8)), a_lead(8, name="Test Test")]
    told = effect_of(desk, import_file(desk, a_csv(rows))["load"])
    leads, fees, cost, credited = told.metrics
    assert leads.sentence == (
        "Paid leads from Angi paid leads, March to April 2026: 3 → 7 leads; 1 test entry is left out."
    )
    assert [(month.now, month.after) for month in leads.months] == [(3, 6), (None, 1)]
    assert fees.sentence == "Lead fees from Angi paid leads, March to April 2026: $30.00 → $80.00."
    assert cost.sentence == (
        "Cost per lead from Angi paid leads, March 2026: $10.00 → $11.67 per lead; "
        "April 2026: unknown → $10.00 per lead."
    )
    assert credited.sentence == "Credited leads from Angi paid leads: nothing changes."
    assert told.as_dict()["metrics"][0]["months"][0] == {"month": "2026-03", "now": 3, "after": 6}


def test_a_test_import_changes_no_number(desk: Desk) -> None:
    a_lead_account(desk)
    load = import_file(desk, a_csv([a_lead(1)]), is_test=True)["load"]
    assert effect_of(desk, load).metrics == ()


def test_it_says_that_another_load_was_committed_meanwhile(desk: Desk) -> None:
    a_lead_account(desk)
    first = import_file(desk, a_csv([a_lead(1)]))["load"]
    assert not effect_of(desk, first).is_behind
    committed(desk, a_csv([a_lead(2)]))
    assert effect_of(desk, first).is_behind


def test_a_load_that_is_decided_on_has_no_effect_to_foretell(desk: Desk) -> None:
    a_lead_account(desk)
    load = committed(desk, a_csv([a_lead(1)]))["load"]
    with pytest.raises(DeskError) as refused:
        effect_of(desk, load)
    assert code_of(refused) == "not_in_review"


def test_the_effect_is_not_for_the_clients_side_nor_for_other_clients(desk: Desk) -> None:
    a_lead_account(desk)
    an_account(desk, "other", client="bolt")
    load = import_file(desk, a_csv([a_lead(1)]))["load"]
    with pytest.raises(NotAllowed):
        desk.ask(a_person(desk, "s@example.com", Role.STAKEHOLDER, "acme"), load_effect, load)
    with pytest.raises(NotFound):
        desk.ask(a_person(desk, "o@example.com", Role.OWNER, "bolt"), load_effect, load)
