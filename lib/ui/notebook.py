"""A page as a notebook: a head with its context, then numbered cells that each say why they are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import streamlit as st

from lib.ui.words import plain

_STYLES = Path(__file__).parent / "static" / "desk.css"


@contextmanager
def column() -> Iterator[None]:
    """The one column everything stands in, 1120 px wide and centred."""
    with st.container(horizontal_alignment="center"), st.container(width=1120, gap="medium"):
        yield


@contextmanager
def page(title: str, context: str) -> Iterator[None]:
    """A page's column with its context line and title; what the page shows goes inside."""
    st.html(_STYLES)
    with column(), st.container(key="page", gap="medium"):
        with st.container(gap=None):
            st.markdown(f":small[:gray[{plain(context)}]]")
            st.title(title, anchor=False)
        yield


def next_line(lead: str, rest: str) -> None:
    """The one thing to do next, boxed under the title: `lead` in bold, `rest` as Markdown."""
    with st.container(border=True, key="next"):
        st.markdown(f":blue[:material/arrow_forward:] **{lead}** {rest}")


@contextmanager
def cell(number: int, title: str, *, why: str, result: str = "") -> Iterator[None]:
    """A numbered step: its title, its live result as Markdown at the right, the why-line, then its contents."""
    with st.container(key=f"cell-{number}", gap=None):
        with st.container(key=f"cell-head-{number}", horizontal=True, vertical_alignment="center", gap=None):
            st.markdown(f":small[:gray[{number}]]", width="content")
            st.subheader(title, anchor=False, width="stretch")
            if result:
                st.markdown(f":small[{result}]", width="content")
        with st.container(key=f"cell-body-{number}", gap="small"):
            st.markdown(f":small[:gray[{why}]]")
            yield


def empty(fact: str, way_on: str, *, command: str = "") -> None:
    """Nothing is here yet: what is missing, when it comes, and the command that brings it."""
    with st.container(border=True):
        st.markdown(f"**{fact}**")
        st.markdown(f":small[:gray[{way_on}]]")
        if command:
            st.code(command, language=None, wrap_lines=True)


def reading_table(rows: Sequence[Mapping[str, str | int]]) -> None:
    """Up to some thirty rows to be read: text cells are Markdown (so what comes from outside is made plain first)."""
    st.table(pd.DataFrame(list(rows)), border="horizontal", hide_index=True)
