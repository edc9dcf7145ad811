"""A fragment runs without the page around it, also after a right was withdrawn: each asks who is there before all else.

Streamlit keeps serving a fragment until the whole page runs anew, so this walks the code and names every one that does not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# What Streamlit runs by itself, with nothing of the page around it.
_ALONE = ("fragment", "dialog")
_ASKS = ("require", "visit")
FILES = sorted([*PROJECT.glob("lib/ui/**/*.py"), *PROJECT.glob("pages/*.py")])


def called(node: ast.expr) -> str:
    """The last name of what is called or named: `fragment` of `st.fragment(run_every=1)`."""
    bare = node.func if isinstance(node, ast.Call) else node
    return bare.attr if isinstance(bare, ast.Attribute) else bare.id if isinstance(bare, ast.Name) else ""


def parts_that_run_alone(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(called(each) in _ALONE for each in node.decorator_list):
            yield node


def asks_first(part: ast.FunctionDef) -> bool:
    """Whether the first thing it does, its docstring aside, is to ask who is there and what they may."""
    body = part.body[1:] if ast.get_docstring(part) is not None else part.body
    first = body[0].value if body and isinstance(body[0], ast.Assign | ast.Expr) else None
    return isinstance(first, ast.Call) and called(first) in _ASKS


def silent(source: str) -> list[str]:
    """The parts of a file that run alone and do not ask, and whatever makes one in a way that cannot be read here."""
    tree = ast.parse(source)
    found = [part.name for part in parts_that_run_alone(tree) if not asks_first(part)]
    decorating = {id(each) for node in ast.walk(tree) for each in getattr(node, "decorator_list", ())}
    made = [
        f"line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in _ALONE
        and isinstance(node.value, ast.Name)
        and node.value.id == "st"
        and not any(id(node) == each for each in decorating)
        and not any(
            isinstance(call, ast.Call) and call.func is node and id(call) in decorating for call in ast.walk(tree)
        )
    ]
    return found + made


@pytest.mark.parametrize("file", FILES, ids=[str(path.relative_to(PROJECT)) for path in FILES])
def test_every_fragment_asks_who_is_there_before_anything_else(file: Path) -> None:
    assert silent(file.read_text()) == []


def test_there_are_fragments_to_ask() -> None:
    assert sum(len(list(parts_that_run_alone(ast.parse(file.read_text())))) for file in FILES) >= 7


@pytest.mark.parametrize(
    "source",
    [
        "@st.fragment\ndef part(visit):\n    visit.read(rows)\n    require(Right.SEE_DETAIL)\n",
        "@st.fragment(run_every=2)\n@in_turn\ndef part():\n    '''Words.'''\n    with quiet():\n        require(1)\n",
        "@fragment\ndef part():\n    pass\n",
        "@st.dialog('Sure?')\ndef part():\n    st.button('Yes')\n",
        "st.fragment(part)()\n",
        "alone = st.fragment\n",
    ],
)
def test_one_that_does_not_ask_is_named(source: str) -> None:
    assert silent(source)


def test_one_that_asks_is_not() -> None:
    said = "@st.fragment(run_every=2)\n@in_turn\ndef part(number):\n    '''Words.'''\n    here = require(Right.SEE_DETAIL)\n"
    assert silent(said) == []
