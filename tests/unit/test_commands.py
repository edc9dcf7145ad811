"""The first level of the command line is written down once, so that a command loads its own module alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lib.entrypoints.cli import COMMANDS, commands_of

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("module", sorted(set(COMMANDS.values())))
def test_what_a_module_adds_is_what_is_written_down(module: str) -> None:
    assert set(commands_of(module)) == {name for name, holder in COMMANDS.items() if holder == module}


def test_no_module_of_commands_is_left_out() -> None:
    files = (PROJECT / "lib" / "entrypoints" / "cli").glob("*.py")
    assert {file.stem for file in files if "\ndef add_to(" in file.read_text()} - set(COMMANDS.values()) == {
        "setup_checks",  # under `account`
        "ladder",  # under `account`
        "map_versions",  # under `map`
    }


def test_a_command_loads_neither_the_migrations_nor_what_others_need() -> None:
    asked = "import sys; from lib.entrypoints.cli import commands_of; commands_of('clients'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "lib.entrypoints.cli.clients" in loaded
    others = {"alembic", "scipy", "pandas", "pandera", "streamlit", "jinja2", "lib.entrypoints.cli.imports"}
    assert not loaded & others
