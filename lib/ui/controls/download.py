"""A button that takes a file out of the desk through its own route, with a ticket that is good once.

Streamlit's download button keeps what it hands out at an address that asks nobody's name.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import streamlit as st
from streamlit.components import v2

from lib.domain.fixes import WhichRows
from lib.domain.people import Right
from lib.errors import DeskError
from lib.services.people import download_tickets
from lib.ui.entry.door import show_trouble
from lib.ui.entry.guard import Visit

_JS = (Path(__file__).parents[1] / "static" / "download.js").read_text(encoding="utf-8")


def download_button(visit: Visit, words: str, load_id: int, which: WhichRows, kind: str, *, key: str) -> None:
    """A button with these words; pressing it sends the rows to the browser as `xlsx` or `csv`."""
    if not st.button(words, key=key, icon=":material/download:"):
        return
    # Whoever is looked as may see less than the person who acts; the file has no more than the page.
    is_clear = visit.may(Right.APPROVE_LOADS)
    try:
        ticket = visit.act(download_tickets.issue_ticket, load_id, which, kind, visit.desk.hash_key, is_clear=is_clear)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    _send(ticket, key)


def pack_button(visit: Visit, words: str, account: str, *, key: str) -> None:
    """A button with these words; pressing it sends the handover pack of an account to the browser."""
    if not st.button(words, key=key, icon=":material/download:"):
        return
    try:
        ticket = visit.act(download_tickets.issue_pack_ticket, account, visit.desk.hash_key)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    _send(ticket, key)


def _send(ticket: str, key: str) -> None:
    renderer = v2.component("desk_download", html="<span></span>", js=_JS)
    renderer(data={"url": _address(ticket)}, key=f"{key}-{ticket[-12:]}", width="content")


def _address(ticket: str) -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return "/" + "/".join(part for part in (base, "downloads", quote(ticket, safe="")) if part)
