"""A button that takes a file out of the desk through its own route, with a ticket that is good once.

Streamlit's download button keeps what it hands out at an address that asks nobody's name.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import streamlit as st
from streamlit.components import v2

from lib.domain.access.leaving import Wanted
from lib.errors import DeskError
from lib.services.people import download_tickets
from lib.ui.entry.door import show_trouble
from lib.ui.entry.guard import Visit

_JS = (Path(__file__).parents[1] / "static" / "download.js").read_text(encoding="utf-8")


def leaving_button(visit: Visit, words: str, wanted: Wanted, *, key: str, help_: str | None = None) -> None:
    """A button with these words; pressing it sends the file to the browser, which stays on the page."""
    if not st.button(words, key=key, icon=":material/download:", help=help_):
        return
    try:
        ticket = visit.act(download_tickets.issue_ticket, wanted, visit.desk.hash_key)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    renderer = v2.component("desk_download", html="<span></span>", js=_JS)
    renderer(data={"url": _address(ticket)}, key=f"{key}-{ticket[-12:]}", width="content")


def _address(ticket: str) -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return "/" + "/".join(part for part in (base, "downloads", quote(ticket, safe="")) if part)
