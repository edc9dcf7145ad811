"""The script Streamlit runs for every visit: it names each page, so that no page is reached around it.

It lies apart from pages/ on purpose. With the main script beside that folder, an anonymous visit to a page's address
on a freshly started server ran the page and skipped the main script.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from lib.domain.people import Right
from lib.errors import DeskError
from lib.ui.entry.door import show_bug
from lib.ui.entry.doorway import turned_back
from lib.ui.entry.guard import Visit, visit, visited
from lib.ui.entry.sidebar import banner, sidebar, signed_in
from lib.ui.entry.turns import turn
from lib.ui.parts.notebook import column
from lib.ui.site import pages_of, site

_STATIC = Path(__file__).parent / "static"


def frame() -> None:
    """Whoever gets past the door is given the pages of their role; everybody else sees why they are not."""
    try:
        here = visit()
    except DeskError as trouble:
        _logo(has_sidebar=False)
        turned_back(trouble)
        return
    except Exception as bug:
        with column():
            show_bug(bug)
        return
    with visited(here):
        has_sidebar = here.viewer.may(Right.SEE_DETAIL)
        _logo(has_sidebar=has_sidebar)
        chosen = _navigation(here, has_sidebar=has_sidebar)
        banner(here)
        if has_sidebar:
            sidebar(here)
        elif here.viewer == here.actor:
            with column(), st.container(horizontal=True, horizontal_alignment="right", key="portal-visitor"):
                signed_in(here)
        chosen.run()


def _navigation(here: Visit, *, has_sidebar: bool) -> StreamlitPage:
    """The pages by section. Those the role may not see stay known by address, and their guard says why they are shut."""
    listed = pages_of(here.viewer)
    sections: dict[str, list[StreamlitPage]] = {}
    if not has_sidebar:
        sections[""] = [st.Page(_to_the_portal, title="Your numbers", url_path="start", default=True)]
    for item in site():
        is_listed = item in listed
        named = st.Page(
            item.file,
            title=item.title,
            icon=f":material/{item.icon}:",
            default=has_sidebar and is_listed and item == listed[0],
            visibility="visible" if is_listed and has_sidebar else "hidden",
        )
        sections.setdefault(item.section if has_sidebar else "", []).append(named)
    # A client's person gets no sidebar; its place is at the top.
    return st.navigation(sections, position="sidebar" if has_sidebar else "top", expanded=True)


def _to_the_portal() -> None:
    """Where a client's person lands. A default page answers at the bare address only, and theirs has one to be sent."""
    st.switch_page("../../pages/client_portal.py", query_params=st.query_params.to_dict())


def _logo(*, has_sidebar: bool) -> None:
    """The desk's name. A picture cannot follow the theme by itself; the right one is chosen when the page first loads."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    # The mark alone stands in for the name where a sidebar is folded away.
    mark = str(_STATIC / "mark.svg") if has_sidebar else None
    st.logo(str(_STATIC / f"name-{theme}.svg"), icon_image=mark)


with turn():
    st.set_page_config(page_title="Connector Desk", page_icon=str(_STATIC / "mark.svg"), layout="wide")
    st.html(_STATIC / "desk.css")
    frame()
