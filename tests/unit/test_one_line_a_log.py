"""What is logged and said on a terminal: one line an event, and no sign in it that steers a terminal or a reader."""

from __future__ import annotations

import json

import pytest

from lib.entrypoints.cli import output
from lib.log import log, log_bug, set_up_logging, visible

FORGED = "leads.csv\r\n2026-11-22 INFO user ana signed in\x1b[2J\x9b31m\u202egnp.exe\u2028next"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of the log while a test runs."""
    set_up_logging()
    said: list[str] = []
    monkeypatch.setattr(log.handlers[0], "emit", lambda record: said.append(log.handlers[0].format(record)))
    return said


def test_a_name_with_a_line_break_writes_no_line_of_its_own(lines: list[str]) -> None:
    log.warning("a spooled batch is damaged: %s", FORGED)
    assert len(lines) == len(lines[0].splitlines()) == 1
    assert lines[0].isprintable()
    assert r"leads.csv\u000d\u000a2026" in lines[0]


def test_a_bug_goes_over_several_lines_that_are_all_the_desks_own(lines: list[str]) -> None:
    class Kind(Exception):
        pass

    Kind.__qualname__ = f"Kind{FORGED}"
    try:
        raise Kind(FORGED)
    except Kind as bug:
        reference = log_bug(bug)
    assert reference in lines[0]
    assert "ana signed in" not in lines[0].replace(visible(FORGED), "")
    assert all(line.replace("\n", "").isprintable() for line in lines[0].split("\n"))


def test_a_cell_steers_no_terminal_and_reads_the_same_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    output.say(f"row 1:\t{FORGED}\nrow 2")
    said = capsys.readouterr().out
    assert said.startswith("row 1:\tleads.csv")
    assert said.endswith("\nrow 2\n")
    assert not {"\x1b", "\x9b", "\r", "\u202e"} & set(said)
    output.answer({"name": FORGED}, is_json=True, words=str)
    told = capsys.readouterr().out
    assert json.loads(told) == {"name": FORGED}
    assert not {"\x1b", "\x9b", "\r", "\u202e"} & set(told)
