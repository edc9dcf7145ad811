"""The top level is given, modules are read in one sitting, and names say what they hold."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]
GIVEN = {"app.py", "pages", "lib", "validation", "tests", "requirements.txt", "README.md", "Makefile", "LICENSE"}
# What the desk and the checks write beside the sources; git ignores it.
WRITTEN = {"var", "__pycache__"}


def sources() -> list[Path]:
    folders = [PROJECT / "lib", PROJECT / "validation", PROJECT / "pages"]
    return [PROJECT / "app.py", *(path for folder in folders for path in folder.rglob("*.py"))]


def test_the_top_level_is_the_given_one() -> None:
    there = {path.name for path in PROJECT.iterdir() if not path.name.startswith(".")}
    assert there - WRITTEN <= GIVEN


def test_no_file_is_called_by_what_everything_is() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc"}
    assert not [path for path in sources() if path.stem in vague or path.stem.endswith("_2")]


def test_every_module_says_its_job() -> None:
    assert not [str(path) for path in sources() if not ast.get_docstring(ast.parse(path.read_text()))]


def test_no_module_outgrows_one_sitting() -> None:
    # "Rarely over 250" is a matter for a reader; twice that is not.
    assert not [str(path) for path in sources() if len(path.read_text().splitlines()) > 500]


def test_every_dependency_is_pinned_and_says_why() -> None:
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    assert wanted
    assert not [line for line in wanted if "==" not in line or "#" not in line]


def test_no_secret_of_streamlit_is_tracked() -> None:
    if not (PROJECT / ".git").exists():
        assert "secrets.toml" in (PROJECT / ".gitignore").read_text()
        return
    ignored = subprocess.run(
        ["git", "check-ignore", "-q", ".streamlit/secrets.toml"], cwd=PROJECT, capture_output=True, check=False
    )
    assert ignored.returncode == 0


def test_what_runs_before_a_commit_is_what_make_check_runs() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    checked = [line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in recipe[1].splitlines()]
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert [hook["entry"] for hook in hooks] == checked
