"""The conservation law on every file there is: read, it loses no row; refused, it leaves a note and no load."""

from __future__ import annotations

import dataclasses
import hashlib
from functools import cache
from pathlib import Path

import pytest

from lib.db.tables.imports import data_import_batches, integration_import_batches
from lib.db.unit_of_work import Desk
from lib.domain.arriving.readings import ReadingFacts
from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.domain.objects import object_type
from lib.domain.people import Actor
from lib.errors import DeskError
from lib.intake.reading import read_path
from lib.mapping.suggest import suggest
from lib.providers import template
from lib.services.arriving.read import read_sample
from lib.services.reviewing import review
from tests.builders import (
    ZONE,
    a_map,
    admin,
    an_account,
    an_approved_map,
    desk_on,
    import_file,
    require_conserved,
    shared_data,
    table_rows,
)

LARGE = 1_000_000
# Reading and loading take the same way whatever the parser's test case was; the reader's own tests read them all.
SUITE = "JSONTestSuite"


def _files(*, is_suite: bool = False, is_large: bool = False) -> list[Path]:
    found = [path for path in sorted(shared_data().rglob("*")) if path.is_file() and path.name != "SOURCES.md"]
    return [path for path in found if (SUITE in path.parts) == is_suite and (path.stat().st_size > LARGE) == is_large]


def _facts(path: Path) -> ReadingFacts | None:
    try:
        return read_path(path).facts
    except DeskError:
        return None


@cache
def _suggested(path: Path) -> FieldMap:
    """The suggestion, with a date for every row where no column holds one."""
    lead, offered = object_type("lead"), template("other").object("lead")
    suggested = suggest(read_sample(path), lead, offered, owner="owner@example.com", timezone=ZONE)
    if suggested.rule_for("occurred_at") is not None:
        return suggested
    steps = (Transform("constant", {"value": "2026-01-05"}),)
    given = FieldRule("", "occurred_at", steps, explanation="When this first came in.")
    return dataclasses.replace(suggested, fields=(*suggested.fields, given))


def _conserves(desk: Desk, actor: Actor, path: Path) -> bool:
    """Import one file and check the law; whether it could be read at all."""
    facts = _facts(path)
    content = path.read_bytes()
    before = {row["id"] for row in table_rows(desk.app, data_import_batches)}
    if facts is None:
        with pytest.raises(DeskError) as refused:
            import_file(desk, content, file_name=path.name)
        assert refused.value.message
        mark = hashlib.sha256(content).hexdigest()
        (delivery,) = [row for row in table_rows(desk.app, integration_import_batches) if row["content_hash"] == mark]
        assert delivery["status"] == "refused", path
        assert delivery["error_note"], path
        assert {row["id"] for row in table_rows(desk.app, data_import_batches)} == before
        return False
    an_approved_map(desk, "site", _suggested(path))
    load = import_file(desk, content, file_name=path.name)
    require_conserved(load, facts.arrived)
    assert desk.ask(actor, review.review_load, load["load"])["rows"] == facts.arrived
    return True


def _check(desk: Desk, paths: list[Path]) -> tuple[int, int]:
    an_account(desk)
    an_approved_map(desk, "site", a_map("lead", {"external_id": "id", "occurred_at": "date"}))
    actor = admin(desk)
    done = [_conserves(desk, actor, path) for path in paths]
    return sum(done), len(done) - sum(done)


@pytest.mark.parametrize(("every", "refused"), [(3, 1), pytest.param(1, 2, marks=pytest.mark.prove)])
def test_every_file_is_conserved_or_refused_with_a_note(sqlite_desk: Desk, every: int, refused: int) -> None:
    """A file in three each day, a real one of five thousand rows and a refused one among them; all of them to prove."""
    files = _files()[every - 1 :: every]
    is_read, is_refused = _check(sqlite_desk, files)
    assert is_refused == refused
    assert is_read == len(files) - refused
    assert is_read > 40 // every


def test_a_file_in_eight_is_conserved_on_a_server_as_well(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(mariadb_urls, tmp_path) as desk:
        assert _check(desk, _files()[::8])[0] > 8


def test_a_case_in_twelve_of_a_json_parsers_is_conserved_or_refused(sqlite_desk: Desk) -> None:
    is_read, is_refused = _check(sqlite_desk, _files(is_suite=True)[::12])
    assert is_read > 1
    assert is_refused > 20


@pytest.mark.prove
def test_every_file_and_every_case_of_a_json_parser_is_conserved_or_refused(desk: Desk) -> None:
    is_read, is_refused = _check(desk, [*_files(), *_files(is_suite=True)])
    assert is_read > 50
    assert is_refused > 202


@pytest.mark.prove
def test_every_large_file_is_conserved(desk: Desk) -> None:
    is_read, is_refused = _check(desk, _files(is_large=True))
    assert (is_read > 0, is_refused) == (True, 0)
