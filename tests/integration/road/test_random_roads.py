"""Any files and decisions over a few keys, in any order: nothing is lost, an undo is exact, the numbers are those of
what stands.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from lib.db.tables.accounts import integration_provider_accounts as accounts
from lib.db.tables.records import crm_leads, integration_external_objects, integration_object_links
from lib.db.tables.reports import report_metrics
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import DateRange
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve, undo_load
from lib.services.counting import roll_up
from lib.services.loading import undo
from lib.services.reviewing import review
from tests.builders import (
    a_csv,
    a_lead_account,
    admin,
    code_of,
    content_of,
    import_file,
    records,
    require_conserved,
    slices,
    table_rows,
)
from tests.ledger import require_sound

Row = dict[str, object]
_DAYS = ["2026-03-03", "2026-03-04", "2026-03-05", ""]
_NAMES = (f"road{number}" for number in itertools.count())

ROWS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["A", "a", "B", "C", ""]),
        "date": st.sampled_from(_DAYS).map(lambda day: f"{day} 20:00:00Z" if day else ""),
        "modified": st.sampled_from(["", "", "2026-03-06 10:00:00Z", "2026-03-07 10:00:00Z"]),
        "name": st.sampled_from(["Rosa", "Test Person"]),
        "status": st.sampled_from(["new", "won"]),
    }
)


def _few(examples: int) -> settings:
    """The same few examples each time; they are small as they are, and making them smaller takes minutes."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


def _winners(rows: list[Row]) -> Iterator[tuple[str, Row]]:
    """Of each key the row that stands, told without the desk: the latest modified, of equals the last."""
    standing: dict[str, Row] = {}
    for row in rows:
        if row["date"]:
            key = str(row["id"]) or repr(sorted(row.items()))
            if key not in standing or str(row["modified"]) >= str(standing[key]["modified"]):
                standing[key] = row
    yield from standing.items()


def _expected(known: dict[str, Row]) -> Counter[str]:
    return Counter(str(row["date"])[:10] for row in known.values() if row["name"] == "Rosa")


def _roll_up(tx: UnitOfWork, account: int, days: list[date], span: DateRange) -> int:
    return roll_up.roll_up(tx, tx.accounts.by_id(account), "lead", {"occurred_at": days}, span)


def _require_same_from_scratch(desk: Desk, key: str) -> None:
    """Roll-ups of every day at once are those that were kept all along."""
    aside = frozenset({"rolled_up_at"})
    kept = table_rows(desk.app, report_metrics, aside)
    mine = {row["id"] for row in table_rows(desk.app, accounts) if row["key"] == key}
    with desk.app.begin() as connection:
        connection.execute(delete(report_metrics).where(report_metrics.c.account_id.in_(mine)))
    span = DateRange(date(2026, 3, 1), date(2026, 3, 10))
    days = [span.first + timedelta(days=place) for place in range(span.days)]
    for account in mine:
        desk.do(admin(desk), _roll_up, account, days, span)
    assert table_rows(desk.app, report_metrics, aside) == kept


class Told:
    """What the desk must know of one account, told in plain Python: of each key, who wrote what, in the order of commits."""

    def __init__(self) -> None:
        self.written: dict[str, list[tuple[int, Row]]] = {}
        self.undone: set[int] = set()
        self.committed: set[int] = set()

    def standing(self) -> dict[str, Row]:
        """Each key's newest row."""
        return {key: writes[-1][1] for key, writes in self.written.items() if writes}

    def commit(self, load: int, rows: list[Row]) -> dict[str, int]:
        """The verdicts of a load's rows, which from then on stand."""
        winners, standing, verdicts = dict(_winners(rows)), self.standing(), Counter[str]()
        for key, row in winners.items():
            verdict = "created" if key not in standing else "ignored" if standing[key] == row else "updated"
            verdicts[verdict] += 1
            if verdict != "ignored":
                self.written.setdefault(key, []).append((load, row))
        verdicts["failed"] = sum(not row["date"] for row in rows)
        verdicts["duplicate"] = len(rows) - verdicts["failed"] - len(winners)
        self.committed.add(load)
        return {name: verdicts[name] for name in ("created", "updated", "duplicate", "failed", "ignored")}

    def undo(self, load: int) -> dict[str, int]:
        """What a load wrote last goes, down to what nobody has undone; what was written over since is kept."""
        self.committed.discard(load)
        self.undone.add(load)
        counts = Counter[str]()
        for writes in self.written.values():
            if load not in [writer for writer, _ in writes]:
                continue
            counts["reversed" if writes[-1][0] == load else "kept"] += 1
            while writes and writes[-1][0] in self.undone:
                writes.pop()
        return {"reversed": counts["reversed"], "kept": counts["kept"], "could_not": 0}

    def state(self) -> str:
        """All of it as text: two equal ones are the same knowledge, from the same loads."""
        stands = {
            key: [write for write in writes if write[0] not in self.undone] for key, writes in self.written.items()
        }
        return repr((sorted(self.committed), sorted((key, writes) for key, writes in stands.items() if writes)))


@dataclasses.dataclass
class Walker:
    """Somebody who brings files and decides on loads, in any order."""

    desk: Desk
    key: str
    told: Told = dataclasses.field(default_factory=Told)
    files: list[list[Row]] = dataclasses.field(default_factory=list)
    loads: dict[int, list[Row]] = dataclasses.field(default_factory=dict)
    waiting: list[int] = dataclasses.field(default_factory=list)
    seen: dict[str, object] = dataclasses.field(default_factory=dict)

    def bring(self, rows: list[Row]) -> None:
        """A file that may have been brought before: the load that waits or counts, or a new one after an undo."""
        known = {load for load, brought in self.loads.items() if a_csv(brought) == a_csv(rows)}
        load = import_file(self.desk, a_csv(rows), self.key)
        require_conserved(load, len(rows))
        alive = known & {*self.waiting, *self.told.committed}
        assert load["already_seen"] == bool(alive)
        if alive:
            assert {load["load"]} == alive
        else:
            assert load["load"] not in self.loads
            self.loads[load["load"]] = rows
            self.waiting.append(load["load"])
            self.files.append(rows)

    def approve(self, load: int) -> None:
        """What waits becomes what counts, judged against what is known now."""
        if not any(row["date"] for row in self.loads[load]):
            with pytest.raises(DeskError) as refused:
                approve(self.desk, admin(self.desk), load)
            assert code_of(refused) == "blocked"
            return
        self.waiting.remove(load)
        done = approve(self.desk, admin(self.desk), load)
        assert (done["status"], done["verdicts"]) == ("committed", self.told.commit(load, self.loads[load]))

    def reject(self, load: int) -> None:
        """What waits is turned down."""
        self.waiting.remove(load)
        self.desk.do(admin(self.desk), review.reject_load, load, "not this one")

    def undo(self, load: int) -> None:
        """What counts goes; a preview had said the same."""
        expected = self.told.undo(load)
        assert self.desk.ask(admin(self.desk), undo.preview_of, load) == expected
        done = undo_load(self.desk, admin(self.desk), load, "wrong")
        assert {name: done[name] for name in expected} == expected

    def step(self, what: str, which: int, rows: list[Row]) -> None:
        """One step of a drawn road; one for which there is nothing to take brings the file instead."""
        counting = sorted(self.told.committed)
        if what in ("approve", "reject") and self.waiting:
            load = self.waiting[which % len(self.waiting)]
            self.approve(load) if what == "approve" else self.reject(load)
        elif what == "undo" and counting:
            self.undo(counting[which % len(counting)])
        else:
            self.bring(self.files[which % len(self.files)] if what == "again" and self.files else rows)

    def look(self) -> None:
        """The desk knows what was told, and where that was so before, it is the very same to the last cell."""
        expected = sorted((row["date"], row["name"], row["status"]) for row in self.told.standing().values())
        mine = [row for row in records(self.desk).values() if row["account_id"] == self._account]
        found = [(f"{row['occurred_at']:%Y-%m-%d %H:%M:%SZ}", row["name"], row["status"]) for row in mine]
        assert sorted(found) == expected
        assert {key for key in self.told.standing() if len(key) == 1} == {
            row["external_id"] for row in mine if len(row["external_id"]) == 1
        }
        counts = {day: int(value) for (day, _), value in slices(self.desk, f"{self.key}.leads").items() if value}
        assert counts == _expected(self.told.standing())
        content = content_of(self.desk)
        assert content == self.seen.setdefault(self.told.state(), content)

    @functools.cached_property
    def _account(self) -> int:
        return self.desk.ask(admin(self.desk), lambda tx: tx.accounts.by_key(self.key)).id


STEPS = st.tuples(
    st.sampled_from(["bring", "bring", "approve", "approve", "approve", "undo", "undo", "again", "reject"]),
    st.integers(0, 7),
    st.lists(ROWS, min_size=1, max_size=5),
)


def _walk(desk: Desk, steps: list[tuple[str, int, list[Row]]]) -> None:
    walker = Walker(desk, next(_NAMES))
    a_lead_account(desk, walker.key)
    # The records of other examples lie in the same table, under other accounts.
    with desk.app.begin() as connection:
        for table in (crm_leads, integration_object_links, integration_external_objects, report_metrics):
            connection.execute(delete(table))
    walker.look()
    for step in steps:
        walker.step(*step)
        walker.look()
    _require_same_from_scratch(desk, walker.key)
    for load in sorted(walker.told.committed, key=lambda load: (load * 7) % 5):
        walker.undo(load)
        walker.look()
    content = content_of(desk)
    assert not any(content[name] for name in ("crm_leads", "integration_external_objects", "links", "report_metrics"))


@_few(3)
@given(steps=st.lists(STEPS, min_size=6, max_size=12))
def test_any_sequence_of_loads_and_decisions_leaves_what_plain_reasoning_expects(
    any_desk: Desk, steps: list[tuple[str, int, list[Row]]]
) -> None:
    _walk(any_desk, steps)
    require_sound(any_desk)


@pytest.mark.prove
@_few(25)
@given(steps=st.lists(STEPS, min_size=10, max_size=30))
def test_any_long_sequence_of_loads_and_decisions_leaves_what_plain_reasoning_expects(
    desk: Desk, steps: list[tuple[str, int, list[Row]]]
) -> None:
    _walk(desk, steps)
