"""The ways in that Streamlit leaves open: each is shown to be there still, and shut at this desk.

Where one is mended by a later version, its first half goes red, and the defence against it can be thought over. The
grid, copied cookies and parts of pages: test_forged_websocket.py and attempts_on_the_stream.py.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from starlette.testclient import TestClient

from lib.ui.entry import guard
from lib.ui.entry.guard import Right
from lib.ui.site import site
from tests import stream
from tests.security.attempts import PROJECT, SAM, keeps_silent, two_clients
from tests.stream import ORIGIN, Server


@contextmanager
def of_streamlit_alone(script: Path) -> Iterator[Server]:
    """A script served with none of the desk around it."""
    stream.forget()
    try:
        with (
            pytest.MonkeyPatch.context() as patch,
            stream.every_loop_closed(patch),
            TestClient(st.App(script), base_url=ORIGIN) as http,
        ):
            yield Server(http, None)
    finally:
        stream.forget()


# --- A: a folder of pages beside the main script -------------------------------------------------------------------


def test_a_page_beside_the_main_script_is_reached_around_it(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "inside.py").write_text("import streamlit as st\nst.markdown('what is inside')\n")
    (tmp_path / "main.py").write_text("import streamlit as st\nst.markdown('nobody gets past this')\nst.stop()\n")
    with of_streamlit_alone(tmp_path / "main.py") as server, server.tab() as tab:
        answer = tab.open("inside")
    assert "what is inside" in answer.text
    assert "nobody gets past this" not in answer.text


def test_no_folder_of_pages_lies_beside_the_desks_main_script() -> None:
    script = PROJECT / "lib" / "ui" / "router.py"
    assert script.is_file()
    assert not (script.parent / "pages").exists()


def test_a_page_that_is_the_first_thing_asked_for_after_a_start_meets_the_guard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with two_clients(tmp_path) as fresh:
        with fresh.server.tab() as tab:
            answer = tab.open("import_review", f"load={fresh.theirs}")
            assert "so it has to know who you are" in answer.text
            keeps_silent(answer)
        with fresh.server.tab(SAM) as tab:
            assert "There is nothing at this address." in tab.open("records").text
        # Without the guard the page runs for whoever is there; the rows are kept from them by what lies beneath.
        monkeypatch.setattr(guard, "require", lambda _right: guard.visit())
        with fresh.server.tab(SAM) as tab:
            answer = tab.open("records")
            assert "There is nothing at this address." not in answer.text
            keeps_silent(answer, "Person 20")


def test_every_page_begins_with_its_guard() -> None:
    for page in site():
        tree = ast.parse((PROJECT / "pages" / f"{page.name}.py").read_text())
        asked = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "require"]
        assert [Right[ast.unparse(call.args[0]).removeprefix("Right.")] for call in asked][:1] == [page.right], (
            page.name
        )


# --- B: addresses of media -----------------------------------------------------------------------------------------

_TWO_FILES = """
import csv, io
import streamlit as st

whose = st.query_params.get("whose", "")
head, tail = b"name\\n" + b"a" * 700_000, b"z" * 1_400_000
st.download_button("Take it", head + whose.encode() * 1000 + tail, file_name="rows.csv", mime="text/csv")
"""


def test_a_download_button_mixes_up_large_files_and_hands_them_to_anybody(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(_TWO_FILES)
    with of_streamlit_alone(tmp_path / "main.py") as server, server.tab() as one, server.tab() as other:
        first = one.open("", "whose=x").only("download_button")[0].url
        second = other.open("", "whose=y").only("download_button")[0].url
        taken = server.get(second)
    assert first == second, "two files at one address"
    assert taken.status_code == 200, "and whoever knows it is given it"


# --- C: what is remembered of frames -------------------------------------------------------------------------------


def test_streamlit_takes_two_long_frames_for_one() -> None:
    @st.cache_data(show_spinner=False)
    def total(frame: pd.DataFrame) -> int:
        return int(frame["paid"].sum())

    one = pd.DataFrame({"paid": [1] * 60_000})
    other = one.copy()
    other.loc[30_001, "paid"] = 1_000_000
    assert total(one) == 60_000
    mixed_up = total(other) == 60_000
    st.cache_data.clear()
    assert mixed_up, "the second was answered as the first"


_PLAIN = {"int", "str", "bool", "float", "date", "datetime", "None", "tuple"}


def keyed_on_more_than_plain_values(source: str) -> list[str]:
    """The remembered functions of a module whose answer is found again by anything but plain values."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any("cache_" in ast.unparse(mark) for mark in node.decorator_list):
            keys = [item for item in node.args.args if not item.arg.startswith("_")]
            found += [node.name for item in keys if not _is_plain(item.annotation)]
    return found


def _is_plain(annotation: ast.expr | None) -> bool:
    names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)} if annotation else {"nothing"}
    return names <= _PLAIN | {"Any"}


def test_nothing_is_remembered_by_a_frame() -> None:
    files = [*(PROJECT / "lib" / "ui").rglob("*.py"), *(PROJECT / "pages").glob("*.py")]
    assert not [(file.name, name) for file in files for name in keyed_on_more_than_plain_values(file.read_text())]
    assert keyed_on_more_than_plain_values("@st.cache_data\ndef f(frame: pd.DataFrame) -> int: ...") == ["f"]
