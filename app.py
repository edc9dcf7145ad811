"""The desk's front door: `streamlit run app.py` and `uvicorn app:app` both find the app here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from lib.entrypoints.downloads import ROUTES as DOWNLOADS
from lib.entrypoints.hooks import ROUTES as HOOKS
from lib.entrypoints.uploads import ROUTES as UPLOADS
from lib.log import set_up_logging
from lib.ui.entry.door import show_bug
from lib.ui.entry.loopback import LoopbackOnly
from lib.ui.entry.sign_in import settle
from lib.ui.entry.warmup import warmed_up
from lib.ui.entry.way_back import WayBack

set_up_logging()

_sign_in = settle()
# Other machines get in where people sign in, and only there.
_guards = (
    [Middleware(LoopbackOnly)]
    if _sign_in is None
    else [Middleware(WayBack, is_secure=_sign_in.redirect_uri.startswith("https:"))]
)

app = st.App(
    Path(__file__).parent / "lib" / "ui" / "router.py",
    routes=[*UPLOADS, *DOWNLOADS, *HOOKS],
    lifespan=warmed_up,
    middleware=_guards,
    on_script_error=show_bug,
)
