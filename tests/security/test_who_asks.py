"""No page asks in any name but the visitor's, or past the desk: the data layer can only keep in scope whom it is told of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# Who somebody is, is found out here, and nowhere else in what a browser reaches.
AT_THE_DOOR = {"lib/ui/entry/visitor.py", "lib/ui/entry/cookie.py"}
_OTHERS = {"local_admin", "NOBODY", "Actor", "open_databases", "open_engine"}
_ENGINES = {"app", "traffic", "portal"}


def looks_past(source: str) -> Iterator[str]:
    """What a source does that only the door may: make up who asks, or reach an engine of the desk."""
    tree = ast.parse(source)
    annotations = {id(name) for node in ast.walk(tree) for note in _notes(node) for name in ast.walk(note)}
    addresses = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "url"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _OTHERS and id(node) not in annotations:
            yield f"{node.id} in line {node.lineno}"
        if isinstance(node, ast.Attribute) and node.attr in _OTHERS:
            yield f"{node.attr} in line {node.lineno}"
        is_engine = isinstance(node, ast.Attribute) and node.attr in _ENGINES and id(node) not in addresses
        if is_engine and isinstance(node.value, ast.Attribute | ast.Name) and _last(node.value) == "desk":
            yield f"desk.{node.attr} in line {node.lineno}"


def _notes(node: ast.AST) -> list[ast.expr]:
    found = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    return [note for note in found if isinstance(note, ast.expr)]


def _last(node: ast.Attribute | ast.Name) -> str:
    return (node.attr if isinstance(node, ast.Attribute) else node.id).lstrip("_")


def test_nothing_that_a_browser_reaches_asks_in_another_name() -> None:
    found = [
        f"{name}: {what}"
        for folder in ("lib/ui", "pages")
        for path in sorted((PROJECT / folder).rglob("*.py"))
        if (name := path.relative_to(PROJECT).as_posix()) not in AT_THE_DOOR
        for what in looks_past(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_what_the_rule_is_to_find_it_finds() -> None:
    for source in (
        "visit.desk.ask(people.local_admin(visit.desk), every)",
        "desk.ask(NOBODY, every)",
        "me = Actor(1, 'a', 'A', Role.ADMIN)",
        "visit.desk.app.connect()",
        "_desk.traffic.connect()",
    ):
        assert list(looks_past(source)), source
    for source in ("def see(actor: Actor) -> list[Actor]: ...", "key = str(visit.desk.app.url)", "st.App()"):
        assert not list(looks_past(source)), source
