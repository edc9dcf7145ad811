"""The bench's file holds what it says it holds, which a desk on SQLite finds as well as one on a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import messy_file as messy
from tests.bench.report import ROWS, Row, measure
from tests.builders import admin, an_account, an_approved_map, approve, desk_on, import_file

_ROWS = 300


def test_an_import_finds_what_was_planted_in_the_bench_file_and_in_the_changed_one(
    tmp_path: Path, sqlite_urls: tuple[str, str]
) -> None:
    path = tmp_path / "export.csv"
    with desk_on(sqlite_urls, tmp_path) as desk:
        an_account(desk, provider=messy.PROVIDER, timezone=messy.ZONE)
        an_approved_map(desk, "site", messy.field_map())
        for write in (messy.messy_file, messy.changed_file):
            planted = write(path, _ROWS)
            assert min(planted.verdicts["failed"], planted.verdicts["duplicate"], planted.classes["spam"]) > 0
            found = import_file(desk, path.read_bytes(), name=messy.OBJECT)
            assert (found["rows"], found["verdicts"], found["classes"]) == (
                planted.rows,
                planted.verdicts,
                planted.classes,
            )
            approve(desk, admin(desk), found["load"])


def test_the_bench_file_is_the_same_each_time_and_the_changed_one_begins_alike(tmp_path: Path) -> None:
    first, again, changed = (tmp_path / name for name in ("first", "again", "changed"))
    messy.messy_file(first, _ROWS)
    messy.messy_file(again, _ROWS)
    messy.changed_file(changed, _ROWS)
    assert first.read_bytes() == again.read_bytes()
    before, after = first.read_text().splitlines(), changed.read_text().splitlines()
    differing = sum(one != other for one, other in zip(before, after, strict=False))
    assert 0.15 * _ROWS < differing < 0.25 * _ROWS


@pytest.mark.parametrize(("value", "standing"), [(0.9, "aim"), (0.5, "floor"), (0.1, "BELOW")])
def test_more_is_better_where_the_aim_lies_above_the_floor(value: float, standing: str) -> None:
    assert Row("limit", "", 0.45, 0.8, lambda _: 0).standing(value) == standing
    assert Row("changed", "", -0.45, -0.8, lambda _: 0).standing(-value) == standing


def test_a_contender_that_failed_leaves_no_ratio_and_says_why() -> None:
    row = next(row for row in ROWS if row.key == "dlt")
    rounds = [{"governed": {"import": {"seconds": 1, "rows": 8}}, "dlt": {"failed": "not installed"}}]
    measured = measure(row, rounds)
    assert (measured.median, measured.why_not) == (None, "not installed")
    rounds[0]["dlt"] = {"seconds": 4, "rows": 8}  # type: ignore[dict-item]
    assert measure(row, rounds).median == 4
