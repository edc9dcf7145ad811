"""Receipts on disk: whole or not there, readable by their owner alone, and the same when they come back."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.domain.hooks import Receipt
from lib.intake import spool as spool_module
from lib.intake.spool import Spool

NOW = datetime(2026, 3, 4, 15, 2, 11, 123456, tzinfo=UTC)


def receipt(number: int) -> Receipt:
    return Receipt(1, 2, f"key {number}", "lead", '{"name":"Zoë\\n"}'.encode(), "0" * 64, NOW, is_test=number == 1)


def test_a_batch_comes_back_as_it_went_in_and_is_private(tmp_path: Path) -> None:
    spool, batch = Spool.of_hooks(tmp_path), [receipt(1), receipt(2)]
    file = spool.keep(batch, NOW)
    assert spool.files() == [file]
    assert spool.read(file) == batch
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    spool.done(file)
    spool.done(file)
    assert spool.files() == []
    assert spool.read(file) is None


def test_a_damaged_batch_is_set_aside_and_holds_nobody_up(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    file = spool.keep([receipt(1)], NOW)
    file.write_bytes(file.read_bytes()[:-9])
    assert spool.read(file) is None
    assert spool.files() == []
    assert [item.suffix for item in tmp_path.iterdir()] == [".damaged"]


def test_a_disk_without_room_is_said_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "_ROOM", 1 << 60)
    with pytest.raises(OSError, match="nearly full"):
        Spool(tmp_path).keep([receipt(1)], NOW)
    assert list(tmp_path.iterdir()) == []


def test_nothing_lies_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert Spool(tmp_path / "none").files() == []
