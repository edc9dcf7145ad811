"""The command line mends rows, holds them and releases them, and says in one sentence what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lib.entrypoints.cli import app
from lib.errors import DeskError
from tests.builders import a_csv, a_lead, a_lead_account, desk_on, import_file, records, verdicts_of

ME = ("--by", "owner@example.com", "--reason", "as the client said")


def test_rows_are_mended_held_and_released_at_a_terminal(
    sqlite_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", sqlite_urls[0])
    monkeypatch.setenv("TRAFFIC_DATABASE_URL", sqlite_urls[1])

    def said(*words: str) -> dict[str, object]:
        result = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
        return dict(json.loads(result.stdout[result.stdout.index("{") :]))

    with desk_on(sqlite_urls, tmp_path) as desk:
        a_lead_account(desk)
        rows = [a_lead(1), a_lead(2, day="2026-31-03"), a_lead(3, name="Test Tester"), a_lead(4)]
        load = str(import_file(desk, a_csv(rows))["load"])
        giving = ("--giving", "unreadable_date:occurred_at")
        assert said("fix", load, *ME, "--column", "date", "--suggested", *giving)["cells"] == 1
        assert said("fix", load, *ME, "--undo")["cells"] == 1
        assert said("fix", load, *ME, "--redo")["cells"] == 1
        assert said("hold", load, *ME, "--lines", "2,5")["held"] == 2
        assert said("release", load, *ME, "--lines", "5")["held"] == 1
        assert said("reclass", load, *ME, "--to", "genuine", "--class", "test")["rows"] == 1
        assert said("ignore", load, *ME, "--lines", "3")["rows"] == 1
        assert verdicts_of(desk, int(load)) == ["created", "ignored", "created", "created"]
        with pytest.raises(DeskError, match="Nothing says which rows"):
            said("hold", load, *ME)
        with pytest.raises(DeskError, match="names no line"):
            said("hold", load, *ME, "--lines", "2-x")
        said("approve", load, *ME[:2])
        assert set(records(desk)) == {"L3", "L4"}
        said("release", load, *ME)
        assert set(records(desk)) == {"L1", "L3", "L4"}
