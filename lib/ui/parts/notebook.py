"""A page as a notebook: a head with its context and the one Next line, then numbered cells with their live results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import streamlit as st

from lib.ui.parts.words import plain

_STYLES = Path(__file__).parents[1] / "static" / "desk.css"


@contextmanager
def column() -> Iterator[None]:
    """The one column everything stands in, 1120 px wide and centred."""
    with st.container(horizontal_alignment="center"), st.container(width=1120, gap="medium"):
        yield


@contextmanager
def page(title: str, context: str, aside: str = "") -> Iterator[None]:
    """A page's column with its context line, title, and what is to be known of it at the right (`aside`)."""
    st.html(_STYLES)
    with column(), st.container(key="page", gap="medium"):
        with st.container(gap=None):
            with st.container(key="page-context", horizontal=True, gap="small"):
                st.markdown(f":small[:gray[{plain(context)}]]", width="stretch")
                if aside:
                    st.markdown(f":small[:gray[{plain(aside)}]]", width="content")
            st.title(title, anchor=False)
        yield


def next_line(lead: str, rest: str, *, go: str = "", to: str = "", **address: object) -> None:
    """The one thing to do next, boxed under the title: `lead` in bold, `rest` as Markdown.

    `go` names the button that leads there: to the page `to` (a name such as `import_review`; '' is this page) with
    `address` in its URL.
    """
    with st.container(border=True, key="next", horizontal=True, vertical_alignment="center"):
        st.markdown(f":blue[:material/arrow_forward:] **{lead}** {rest}", width="stretch")
        if go and to:
            link(go, to, **address)
        elif go:
            turn(go, is_quiet=False, **address)


def link(words: str, to: str, /, **address: object) -> None:
    """A link to a page of the desk in the same tab, with state in its address."""
    asked = {name: str(value) for name, value in address.items() if value not in (None, "")}
    st.page_link(f"../../pages/{to}.py", label=words, query_params=asked)


def turn(words: str, *, is_quiet: bool = False, **address: object) -> None:
    """A link within the page: `address` takes the place of what stands in the address, all but the client.

    A page link to the page one is on runs it with the new address, but the browser keeps the old one, and the next
    click would be made there.
    """
    asked = {name: str(value) for name, value in address.items() if value not in (None, "")}
    place = "-".join(f"{name}={value}" for name, value in sorted(asked.items()))
    kind: Literal["tertiary", "secondary"] = "tertiary" if is_quiet else "secondary"
    st.button(words, key=f"turn-{place}-{words}", type=kind, on_click=_turn, args=(asked,))


def _turn(asked: dict[str, str]) -> None:
    kept = {name: str(value) for name, value in st.query_params.items() if name == "client"}
    st.query_params.from_dict({**kept, **asked})


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


def waiting(number: int, title: str, *, why: str, needs: str) -> None:
    """A step that cannot run yet: its head with what it needs, and one line."""
    with cell(number, title, why=why, result=f":gray-badge[:material/remove: Needs {plain(needs)}]"):
        st.markdown(f":small[:gray[It opens by itself once {plain(needs)} is done.]]")


def empty(fact: str, way_on: str, *, command: str = "", go: str = "", to: str = "", **address: object) -> None:
    """Nothing is here yet: what is missing, when it comes, and the one way on (a page, or a command to type)."""
    with st.container(border=True):
        st.markdown(f"**{fact}**")
        st.markdown(f":small[:gray[{way_on}]]")
        if command:
            st.code(command, language=None, wrap_lines=True)
        if go and to:
            link(go, to, **address)


def all_bad(fact: str, cause: str, way_out: str) -> None:
    """Everything failed: the likely cause comes before any rows, since it is one mistake and not a thousand."""
    st.error(f"**{plain(fact)}** {plain(cause)} {plain(way_out)}", icon=":material/close:")


def boxes(items: list[tuple[str, str, str]], *, key: str = "few") -> None:
    """Several alike side by side: (label, value, remark as Markdown); two by two on a phone.

    `key` tells the boxes of one page apart.
    """
    with st.container(key=f"boxes-{key}"):
        columns = st.columns(len(items), gap="xxsmall")
    for column_, (label, value, remark) in zip(columns, items, strict=True):
        with column_, st.container(border=True, gap=None, height="stretch"):
            st.markdown(f":small[:gray[{plain(label)}]]")
            st.markdown(f"### {plain(value)}")
            st.markdown(f":small[{remark}]" if remark else "")


def governed(sentence: str, *, place: str = "") -> None:
    """A sentence that is stored and traceable, in the serif voice that nothing else has.

    `place` tells two of the same words on one page apart.
    """
    with st.container(key=f"governed-{place}{abs(hash(sentence))}"):
        st.markdown(plain(sentence))


@contextmanager
def decision_bar() -> Iterator[None]:
    """The bar that stays in reach at the foot of a page: badges left, refusal and the one primary button right."""
    with st.bottom, column(), st.container(key="decision", horizontal=True, vertical_alignment="center"):
        yield
