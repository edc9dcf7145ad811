"""The desk's front door: `streamlit run app.py` and `uvicorn app:app` both find the app here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from lib.entrypoints.doors.downloads import DownloadDoor
from lib.entrypoints.doors.downloads import routes_of as downloads_of
from lib.entrypoints.doors.hooks import HookDoor
from lib.entrypoints.doors.hooks import routes_of as hooks_of
from lib.entrypoints.doors.opened_desk import OpenedDesk
from lib.entrypoints.doors.shared import SharedDoor
from lib.entrypoints.doors.shared import routes_of as shared_of
from lib.entrypoints.doors.uploads import UploadDoor
from lib.entrypoints.doors.uploads import routes_of as uploads_of
from lib.entrypoints.guards.gatehouse import Gatehouse, origin_of
from lib.entrypoints.guards.safe_answers import SafeAnswers
from lib.entrypoints.guards.whence import Whence
from lib.log import set_up_logging
from lib.ui.entry.cookie import person_asking
from lib.ui.entry.door import show_uncaught
from lib.ui.entry.loopback import LoopbackOnly
from lib.ui.entry.sign_in import settle
from lib.ui.entry.stream_gate import StreamGate
from lib.ui.entry.warmup import warmed_up
from lib.ui.entry.way_back import WayBack

set_up_logging()

_sign_in = settle()
_address = "" if _sign_in is None else _sign_in.redirect_uri
_is_secure = _address.startswith("https:")
_guards = [
    Middleware(SafeAnswers, is_secure=_is_secure),
    # Other machines get in where people sign in, and only there.
    *([Middleware(LoopbackOnly)] if _sign_in is None else []),
    Middleware(Gatehouse, origin=origin_of(_address)),
    Middleware(StreamGate),
    Middleware(Whence),
    *([Middleware(WayBack, is_secure=_is_secure)] if _sign_in is not None else []),
]

_desk = OpenedDesk()

app = st.App(
    Path(__file__).parent / "lib" / "ui" / "router.py",
    routes=[
        *uploads_of(UploadDoor(_desk, person_asking)),
        *downloads_of(DownloadDoor(_desk, person_asking)),
        *shared_of(SharedDoor(_desk)),
        *hooks_of(HookDoor(_desk)),
    ],
    lifespan=warmed_up,
    middleware=_guards,
    on_script_error=show_uncaught,
)
