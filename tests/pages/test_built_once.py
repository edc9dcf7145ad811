"""A desk that was copied is the desk that was built, and is never given to somebody who asked for another."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lib.db.unit_of_work import Desk
from lib.errors import DeskError
from lib.pipeline.opening import open_desk
from lib.settings import load_settings
from tests.builders import a_csv, a_lead, a_lead_account, committed, everything, records
from tests.pages.built_once import built_once


@pytest.fixture
def builder() -> tuple[Callable[..., int], list[int]]:
    """A builder of a desk with so many leads, and how often it worked."""
    worked: list[int] = []

    @built_once
    def leads(desk: Desk, count: int) -> int:
        worked.append(count)
        a_lead_account(desk)
        return int(committed(desk, a_csv([a_lead(number) for number in range(count)]))["load"])

    return leads, worked


@contextmanager
def opened(home: Path) -> Iterator[Desk]:
    desk = open_desk(load_settings({"DESK_HOME": str(home)}))
    try:
        yield desk
    finally:
        desk.close()


@pytest.fixture
def another_home(migrated_home: Path, tmp_path: Path) -> Path:
    """A second desk as empty as the first."""
    return Path(shutil.copytree(migrated_home, tmp_path / "another"))


def test_a_copy_is_what_was_built_in_every_cell(
    desk_home: Path, another_home: Path, builder: tuple[Callable[..., int], list[int]]
) -> None:
    leads, worked = builder
    with opened(desk_home) as first, opened(another_home) as second:
        assert leads(first, 2) == leads(second, 2)
        assert worked == [2]
        assert everything(first) == everything(second)
        beside = [Path(desk.settings.var, "audit.anchors").read_bytes() for desk in (first, second)]
        assert beside[0] == beside[1]


def test_a_desk_with_a_past_or_another_wish_is_built_anew(
    desk_home: Path, another_home: Path, builder: tuple[Callable[..., int], list[int]]
) -> None:
    leads, worked = builder
    with opened(desk_home) as first, opened(another_home) as second:
        leads(first, 2)
        leads(second, 3)
        assert len(records(second)) == 3
        assert worked == [2, 3]
    # There is such an account already: it was tried, and not copied over what stands there.
    with opened(desk_home) as again, pytest.raises(DeskError):
        leads(again, 2)
