"""Real exports through the whole road with the command line alone, against counts made without the desk."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lib.pipeline.opening import open_desk
from tests.builders import content_of, everything, require_conserved, settings_on, shared_data
from tests.ready_made import made_ready
from tests.terminal import Terminal

NYC = ("real", "nyc311_animals", "311_Animals_short.csv")
BURLINGTON = ("real", "burlington_permits", "Building_Permits.csv")


def _nyc_month(row: dict[str, str]) -> str:
    # Written in New York's own time, which is the client's too.
    return datetime.strptime(row["Created Date"], "%m/%d/%Y %H:%M").strftime("%Y-%m")  # noqa: DTZ007


def _burlington_month(row: dict[str, str]) -> str:
    return datetime.strptime(row["INDATE"][:10], "%Y/%m/%d").strftime("%Y-%m")  # noqa: DTZ007


class RealFile:
    """One export, and how to count it without the desk."""

    def __init__(
        self,
        parts: tuple[str, ...],
        name: str,
        metric: str,
        zone: str,
        rows: int,
        month: Callable[[dict[str, str]], str],
    ) -> None:
        self.parts, self.object, self.metric, self.zone, self.rows, self.month = parts, name, metric, zone, rows, month

    def independent(self) -> tuple[int, Counter[str]]:
        with shared_data(*self.parts).open(encoding="utf-8-sig", newline="") as file:
            months = [self.month(row) for row in csv.DictReader(file)]
        return len(months), Counter(months)


FILES = {
    "nyc": RealFile(NYC, "lead", "leads", "America/New_York", 4969, _nyc_month),
    "burlington": RealFile(BURLINGTON, "job", "jobs", "America/Toronto", 5026, _burlington_month),
}
ME = ("--by", "owner@example.com")
# Beside the real files, which go the whole road on both, for what asks nothing else of a database.
ANY_DATABASE = pytest.mark.parametrize(
    "database_urls", ["sqlite", pytest.param("mariadb", marks=pytest.mark.prove)], indirect=True
)


def _migrated(database_urls: tuple[str, str], tmp_path: Path) -> Terminal:
    """The command line on databases that a copy has brought to head: a newcomer's first `migrate` is another test's."""
    made_ready(settings_on(database_urls, tmp_path))
    run = Terminal(tmp_path, database_urls)
    run.ok("migrate")
    return run


def _set_up(run: Terminal, real: RealFile, tmp_path: Path) -> None:
    run.ok("client", "add", "city", "--name", "The City", "--timezone", real.zone)
    run.ok(
        *("account", "add", "calls", "--client", "city", "--provider", "other"),
        *("--owner", "owner@example.com", "--reason", "to see it work"),
    )
    run.ok("account", "resume", "calls")
    sample, out = shared_data(*real.parts), tmp_path / "map.yaml"
    run.ok("map", "suggest", sample, "--account", "calls", "--object", real.object, "--out", out)
    version = run.json("map", "save", out, "--account", "calls", *ME)["version"]
    run.ok("map", "approve", "--account", "calls", "--object", real.object, "--version", version, *ME)


@pytest.mark.parametrize(
    ("which", "database"),
    [
        ("nyc", "sqlite"),
        ("burlington", "mariadb"),
        pytest.param("nyc", "mariadb", marks=pytest.mark.prove),
        pytest.param("burlington", "sqlite", marks=pytest.mark.prove),
    ],
)
def test_a_real_file_goes_the_whole_road_and_back(
    which: str, database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    real, database_urls = FILES[which], request.getfixturevalue(f"{database}_urls")
    count, months = real.independent()
    assert count == real.rows
    run = _migrated(database_urls, tmp_path)
    _set_up(run, real, tmp_path)
    desk = open_desk(settings_on(database_urls, tmp_path))
    before = content_of(desk)
    file = shared_data(*real.parts)
    take = ("import", file, "--account", "calls", "--object", real.object, *ME)

    staged = run.json(*take)
    assert staged["status"] == "in_review"
    assert not staged["already_seen"]
    require_conserved(staged, count)
    assert staged["verdicts"]["created"] == count

    committed = run.json("approve", staged["load"], *ME)
    assert committed["status"] == "committed"
    require_conserved(committed, count)

    (counted,) = [item for item in run.json("metrics", "city") if item["metric"] == f"calls.{real.metric}"]
    assert {item["period"]: int(float(item["value"])) for item in counted["values"] if item["value"]} == months

    whole = everything(desk)
    again = run.json(*take)
    assert again["already_seen"]
    assert again["load"] == staged["load"]
    assert everything(desk) == whole

    first, second = sorted(months)[1:3]
    spans = [("--from", f"{month}-01", "--to", f"{month}-28") for month in (first, second)]
    baseline = run.json("baseline", "capture", "city", f"calls.{real.metric}", *spans[0], *ME, "--reason", "before")
    compared = run.json("compare", "city", f"calls.{real.metric}", "--baseline", baseline["baseline"], *spans[1])
    change = float(compared["current"]["value"]) - float(compared["baseline"]["value"])
    assert float(compared["change"]) == pytest.approx(change)

    undone = run.json("undo", staged["load"], *ME, "--reason", "only a try")
    assert (undone["reversed"], undone["kept"], undone["could_not"]) == (count, 0, 0)
    assert content_of(desk) == before
    desk.close()


@ANY_DATABASE
def test_undoing_the_second_file_brings_back_what_the_first_had_left(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    real = FILES["nyc"]
    run = _migrated(database_urls, tmp_path)
    _set_up(run, real, tmp_path)
    with shared_data(*real.parts).open(newline="") as file:
        rows = list(csv.DictReader(file))
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    _write(first, rows[:300])
    moved = [{**row, "Status": "Reopened", "Created Date": "2/2/2025 10:00"} for row in rows[200:260]]
    _write(second, [*moved, *rows[260:360]])
    desk = open_desk(settings_on(database_urls, tmp_path))
    take = ("--account", "calls", "--object", "lead", *ME)

    run.json("approve", run.json("import", first, *take)["load"], *ME)
    after_first = content_of(desk)
    load = run.json("import", second, *take)
    assert load["verdicts"] == {"created": 60, "updated": 60, "duplicate": 0, "failed": 0, "ignored": 40}
    run.json("approve", load["load"], *ME)
    assert content_of(desk) != after_first
    undone = run.json("undo", load["load"], *ME, "--reason", "wrong file")
    assert (undone["reversed"], undone["kept"], undone["could_not"]) == (120, 0, 0)
    assert content_of(desk) == after_first
    desk.close()


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@ANY_DATABASE
def test_days_are_counted_in_the_clients_own_zone(database_urls: tuple[str, str], tmp_path: Path) -> None:
    run = _migrated(database_urls, tmp_path)
    run.ok("client", "add", "acme", "--name", "Acme", "--timezone", "America/Los_Angeles")
    run.ok(
        *("account", "add", "site", "--client", "acme", "--provider", "other"),
        *("--owner", "owner@example.com", "--reason", "r"),
    )
    run.ok("account", "resume", "site")
    moments = [datetime(2026, 3, day, hour, 30, tzinfo=UTC) for day in range(6, 12) for hour in range(0, 24, 5)]
    file = tmp_path / "leads.csv"
    _write(file, [{"Lead ID": str(place), "Created Date": item.isoformat()} for place, item in enumerate(moments)])
    out = tmp_path / "map.yaml"
    run.ok("map", "suggest", file, "--account", "site", "--object", "lead", "--out", out)
    run.ok("map", "save", out, "--account", "site", *ME)
    run.ok("map", "approve", "--account", "site", "--object", "lead", "--version", 1, *ME)
    run.json("approve", run.json("import", file, "--account", "site", "--object", "lead", *ME)["load"], *ME)
    pacific = ZoneInfo("America/Los_Angeles")
    expected = Counter(item.astimezone(pacific).date().isoformat() for item in moments)
    (leads,) = [item for item in run.json("metrics", "acme", "--every", "day") if item["metric"] == "site.leads"]
    assert {item["period"]: int(float(item["value"])) for item in leads["values"]} == expected
