"""A file too large for the uploader: sent straight to the streaming route, with a ticket, and queued for the worker."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import quote, urlencode

import streamlit as st
from streamlit.components import v2

from lib.pipeline.loading.inward import Delivered
from lib.services.arriving import upload_tickets
from lib.ui.entry.guard import Visit

_JS = (Path(__file__).parents[1] / "static" / "big_upload.js").read_text(encoding="utf-8")
_HTML = "<input type='file'><output style='display:block;margin-top:0.5rem'></output>"
_CSS = "input, output { font: inherit; font-size: 0.875rem; color: inherit; }"
# Half a ticket's life: whoever chooses a file now still has time to send it.
_FRESH_SECONDS = 1800.0


def big_upload(visit: Visit, wanted: Delivered) -> int | None:
    """A field for one large file of `wanted`'s account and object (its name and bytes are the file's own).

    The number of the job it became, in the run right after it was sent; None otherwise.
    """
    renderer = v2.component("desk_big_upload", html=_HTML, css=_CSS, js=_JS)
    sent = renderer(
        data={"url": _address(visit, wanted), "label": "A large file"},
        key=f"big-upload-{wanted.account}-{wanted.object}",
        on_job_change=lambda: st.session_state.pop(_kept(wanted.account), None),
    )
    job = getattr(sent, "job", None)
    return int(job) if isinstance(job, int | float) else None


def _address(visit: Visit, wanted: Delivered) -> str:
    said = {
        "object": wanted.object,
        "ticket": _ticket(visit, wanted.account),
        "from": wanted.days.first.isoformat() if wanted.days else "",
        "to": wanted.days.last.isoformat() if wanted.days else "",
        "partial": "1" if wanted.is_partial else "",
        "expect": "" if wanted.expected_rows is None else str(wanted.expected_rows),
        "sums": ";".join(f"{column}={amount}" for column, amount in wanted.control_totals.items()),
        "test": "1" if wanted.is_test else "",
        "by_hand": wanted.by_hand_reason,
    }
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = "/".join(part for part in (base, "uploads", quote(wanted.account, safe="")) if part)
    return f"/{path}?{urlencode({name: value for name, value in said.items() if value})}"


def _ticket(visit: Visit, account: str) -> str:
    """The ticket handed out before while it is fresh; one that was used is taken away with the job it became."""
    kept = st.session_state.get(_kept(account))
    if kept is None or time.monotonic() - kept[1] > _FRESH_SECONDS:
        ticket = visit.act(upload_tickets.issue_ticket, account, visit.desk.hash_key)
        kept = st.session_state[_kept(account)] = (ticket, time.monotonic())
    return str(kept[0])


def _kept(account: str) -> str:
    return f"upload-ticket-{account}"
