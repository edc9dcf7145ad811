"""How quickly rows are read through a map and told apart: CPU time by kind of column, printed and not judged."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pandas as pd
import pytest

from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.mapping.apply import MapContext, apply_map
from lib.mapping.classes import classify
from lib.providers import template

ROWS, BATCH = 100_000, 25_000
DICE = random.Random(20_260_314)
START = datetime(2025, 1, 1)  # noqa: DTZ001 - a local time, which files write without a zone
NEW_YORK = MapContext("America/New_York")
BAD_SHARE, BLANK_SHARE = 0.02, 0.03
FIRST = ("Rosa Ann Luis JOAN mary-Jo Devon priya Chris Marek Tom " * 5 + "Zoë").split()
LAST = ("Alvarez O'Neil smith-Jones NGUYEN Miller Brown Kowalski Testa Li Washington " * 5 + "Müller").split()
WORDS = "the water heater leaks since friday please call before noon we need a quote for roof and gutter".split()  # noqa: SIM905
AREAS = (201, 212, 303, 305, 312, 404, 415, 512, 602, 617, 646, 702, 713, 720, 813, 904)


def _moment() -> datetime:
    return START + timedelta(seconds=DICE.randrange(400 * 86_400))


def _created() -> str:
    when, hour = _moment(), "%-m/%-d/%Y %-I:%M %p"
    return when.strftime(DICE.choice((hour, hour, hour, "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%b %-d, %Y")))


def _phone() -> str:
    area, exchange, line = DICE.choice(AREAS), DICE.randrange(200, 1000), f"{DICE.randrange(10_000):04d}"
    spelling = DICE.choice(("({}) {}-{}", "{}-{}-{}", "{}{}{}", "+1{}{}{}", "{}.{}.{}", "1 {} {} {}"))
    return spelling.format(area, exchange, line)


def _amount() -> str:
    cents = DICE.randrange(1, 500_000)
    shape = DICE.random()
    if shape < 0.1:
        return f"({cents / 100:.2f})"
    return f"${cents / 100:.2f}K" if shape < 0.15 else f"${cents / 100:,.2f}"


def _name() -> str:
    name = f"{DICE.choice(FIRST)} {DICE.choice(LAST)}{DICE.choice(('', ' Jr', ' III'))} {DICE.randrange(900)}"
    return f" {name}" if DICE.random() < 0.05 else ("Test Lead" if DICE.random() < 0.005 else name)


def _one_of(*words: str) -> Callable[[], str]:
    return lambda: DICE.choice(words)


# Each column: what it is like, the target it fills, its chain, and one cell of it.
COLUMNS: tuple[tuple[str, str, tuple[Transform, ...], Callable[[], str]], ...] = (
    ("identifier", "external_id", (), lambda: f"L-{DICE.randrange(10**9):09d}"),
    ("local time, mixed shapes", "occurred_at", (), _created),
    ("ISO time, UTC", "modified_at", (), lambda: f"{_moment().isoformat()}Z"),
    ("local time, one shape", "booked_at", (), lambda: _moment().strftime("%m/%d/%Y %H:%M")),
    ("ISO time, offset", "completed_at", (), lambda: f"{_moment().isoformat()}.250-05:00"),
    ("status", "status", (), _one_of("New", "Scheduled", "Completed", "spam", "canceled ")),
    (
        "status, translated",
        "outcome",
        (Transform("value_map", {"values": {"won": "completed", "lost": "lost"}}),),
        _one_of("Won", "LOST", "open"),
    ),
    ("name", "name", (Transform("collapse_spaces"),), _name),
    ("first name", "first_name", (), _one_of(*FIRST)),
    ("phone, six spellings", "phone", (), _phone),
    ("yes or no", "phone_is_masked", (), _one_of("true", "false", "No")),
    ("second phone", "secondary_phone", (), _phone),
    (
        "e-mail",
        "email",
        (),
        lambda: f"{DICE.choice(FIRST).lower().replace('ë', 'e')}.{DICE.randrange(10**6)}@Example.com",
    ),
    ("address", "address", (), lambda: f"{DICE.randrange(1, 9999)} {DICE.choice(LAST)} St  Apt {DICE.randrange(50)}"),
    ("city", "city", (), _one_of("Boulder", " denver", "AURORA", "Saint Paul")),
    ("state", "state", (Transform("upper"),), _one_of("CO", "ny", "Tx")),
    ("ZIP", "postal_code", (), lambda: f"{DICE.randrange(100_000):05d}"),
    ("service", "service", (), _one_of("Water Heater - Install", "Roof repair", "Drain")),
    ("free text", "description", (), lambda: " ".join(DICE.choices(WORDS, k=12))),
    ("source", "source", (), _one_of("google", "Angi", "direct")),
    ("medium", "medium", (), _one_of("cpc", "organic", "referral")),
    ("campaign", "campaign", (), _one_of("Spring 2026", "Brand", "Emergency")),
    ("span", "duration", (), lambda: f"{DICE.randrange(60)}:{DICE.randrange(60):02d}"),
    ("money, mixed shapes", "amount", (), _amount),
    ("money, plain", "fee", (), lambda: f"{DICE.randrange(1, 9000) / 100:.2f}"),
)


def messy_rows(rows: int = ROWS) -> pd.DataFrame:
    """Text as it might come: a column for each of `COLUMNS`, 3 % blank, 2 % of the readable kinds unreadable."""
    DICE.seed(20_260_314)
    return pd.DataFrame({target: pd.Series(_cells(make, target, rows), dtype="str") for _, target, _, make in COLUMNS})


def _cells(make: Callable[[], str], target: str, rows: int) -> list[str]:
    never_blank = target in {"external_id", "occurred_at"}
    found = []
    for _ in range(rows):
        luck = DICE.random()
        blank = luck < BLANK_SHARE and not never_blank
        found.append("" if blank else (f"{make()[:-3]}??" if luck > 1 - BAD_SHARE else make()))
    return found


def _batches(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), BATCH):
        yield frame.iloc[start : start + BATCH].reset_index(drop=True)


def _cost(work: Callable[[], object]) -> float:
    """The least CPU time of three goes, in seconds."""
    found = []
    for _ in range(3):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def _said(what: str, seconds: float) -> None:
    print(f"{what:>28} {seconds:7.3f} s CPU per 100k rows {ROWS / seconds:12,.0f} rows/s")  # noqa: T201


@pytest.mark.bench
def test_how_long_a_map_takes_by_kind_of_column() -> None:
    raw = messy_rows()
    batches = list(_batches(raw))
    rules = {target: FieldRule(target, target, steps) for _, target, steps, _ in COLUMNS}
    print()  # noqa: T201
    for what, target, _, _ in COLUMNS:
        one = FieldMap("lead", (rules[target],))
        _said(what, _cost(lambda one=one: [apply_map(one, batch, NEW_YORK) for batch in batches]))  # type: ignore[misc]
    whole = FieldMap("lead", tuple(rules.values()))
    _said(f"all {len(COLUMNS)} columns", _cost(lambda: [apply_map(whole, batch, NEW_YORK) for batch in batches]))
    mapped = [apply_map(whole, batch, NEW_YORK) for batch in batches]
    marks = template("angi").marks
    work = [(done.frame, batch) for done, batch in zip(mapped, batches, strict=True)]
    _said("classes by marks", _cost(lambda: [classify(frame, batch, marks) for frame, batch in work]))
