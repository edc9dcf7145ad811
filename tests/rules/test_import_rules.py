"""The five import rules hold on the tree as it is, and each goes red when it is broken on purpose."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"

# A breach a rule: the file that sins, the line added to it, and the contract that must go red for it.
BREACHES = {
    "1, an import points up": ("lib/domain/signals.py", "import lib.services", "1. Every import points down"),
    "1, one floor up": ("lib/mapping/__init__.py", "import lib.db", "1. Every import points down"),
    "1, the ground floor reads the nouns": (
        "lib/clock.py",
        "import lib.domain.people",
        "1. Every import points down",
    ),
    "1, the data checks reach the services": (
        "validation/__init__.py",
        "import lib.services",
        "1. Every import points down",
    ),
    "1, one room reads its neighbour on the same floor": (
        "lib/intake/__init__.py",
        "import lib.providers",
        "1. Every import points down",
    ),
    "1, a circle": ("lib/domain/signals.py", "import lib.domain.accounts", "1. No circles"),
    "2, Streamlit in a service": ("lib/services/people/people.py", "import streamlit", "2. Streamlit and Altair only"),
    "2, Altair below the pages": ("lib/reporting/__init__.py", "import altair", "2. Streamlit and Altair only"),
    "3, SQL in a service": ("lib/services/people/people.py", "from sqlalchemy import select", "3. SQL only in lib/db/"),
    "3, a driver in the command line": ("lib/entrypoints/__init__.py", "import pymysql", "3. SQL only in lib/db/"),
    "3, SQL on a page": ("pages/home.py", "import sqlalchemy", "3. SQL only in lib/db/"),
    "4, a service calls a service": (
        "lib/services/people/people.py",
        "import lib.services.running.overview",
        "4. Services never import each other",
    ),
    "5, a page reads a table": ("pages/home.py", "import lib.db", "5. Pages and UI reach data only through services"),
    "5, a part of the UI opens a file": (
        "lib/ui/parts/notebook.py",
        "import lib.intake",
        "5. Pages and UI reach data only through services",
    ),
}


CIRCLE = "1, a circle"


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    for folder in ("lib", "validation", "pages"):
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    shutil.copy(PROJECT / ".importlinter", tmp_path)
    return tmp_path


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    # Away from the checkout and without its PYTHONPATH, so that the copy is read and never the original.
    return subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache"],
        cwd=tree,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tree_as_it_is_keeps_every_rule(copied_tree: Path) -> None:
    linted = lint_imports(copied_tree)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_a_rule_broken_on_purpose_goes_red(copied_tree: Path) -> None:
    """All breaches at once: the linter names each under its contract, and only what it names was seen.

    The circle has a tree of its own, as what the linter says of circles depends on every other import.
    """
    for name, (file, line, _) in BREACHES.items():
        if name != CIRCLE:
            broken(copied_tree, file, line)
    said = red(copied_tree)
    for name, (file, line, contract) in BREACHES.items():
        if name != CIRCLE:
            breach = rf"- +{re.escape(module_of(file))} -> {re.escape(imported_by(line))}\S* \(l\.\d+\)"
            assert re.search(breach, said[contract]), (name, said)


def test_a_circle_made_on_purpose_goes_red(copied_tree: Path) -> None:
    file, line, contract = BREACHES[CIRCLE]
    broken(copied_tree, file, line)
    assert list(red(copied_tree)) == [contract]


def broken(tree: Path, file: str, line: str) -> None:
    """Add the line to the file."""
    sinner = tree / file
    assert sinner.is_file(), f"{file} is gone: name another file for this breach"
    sinner.write_text(sinner.read_text() + f"\n{line}\n")


def red(tree: Path) -> dict[str, str]:
    """What the linter says of each contract that it finds broken, by the beginning of its name."""
    linted = lint_imports(tree)
    assert linted.returncode == 1, linted.stdout + linted.stderr
    _, _, told = linted.stdout.partition("Broken contracts\n")
    parts = re.split(r"^(.+)\n-{5,}$", told, flags=re.MULTILINE)
    contracts = {contract for _, _, contract in BREACHES.values()}
    return {
        contract: text
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
        for contract in contracts
        if title.startswith(contract)
    }


def module_of(file: str) -> str:
    """The module that a file is."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported_by(line: str) -> str:
    """The module that a line imports."""
    return line.split()[1]


def test_every_room_has_its_floor() -> None:
    """A new module or package directly under lib/ must be named in the layers, or no rule would bind it."""
    rules = configparser.ConfigParser()
    rules.read(PROJECT / ".importlinter")
    named = set(re.findall(r"lib\.\w+", rules["importlinter:contract:1-floors"]["layers"]))
    rooms = {
        f"lib.{path.stem}"
        for path in (PROJECT / "lib").iterdir()
        if path.stem not in ("__init__", "__pycache__") and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert rooms <= named


def test_the_rules_about_streamlit_and_sql_bind_every_room() -> None:
    rules = configparser.ConfigParser()
    rules.read(PROJECT / ".importlinter")
    named = set(re.findall(r"lib\.\w+", rules["importlinter:contract:1-floors"]["layers"])) | {"validation"}
    without_streamlit = set(rules["importlinter:contract:2-streamlit"]["source_modules"].split())
    without_sql = set(rules["importlinter:contract:3-sql"]["source_modules"].split())
    assert without_streamlit == named - {"lib.ui"}
    assert without_sql == (named | {"pages"}) - {"lib.db"}


def test_the_front_door_imports_no_data_and_no_sql() -> None:
    """app.py is a module at the top level, which import-linter does not read; the same rules bind it."""
    tree = ast.parse((PROJECT / "app.py").read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in imported if name.startswith(("lib", "validation", "pages"))}
    assert all(name == "lib.log" or name.startswith(("lib.ui.", "lib.entrypoints.")) for name in ours)
    assert not {name.partition(".")[0] for name in imported} & {"sqlalchemy", "pymysql", "alembic", "sqlite3"}
