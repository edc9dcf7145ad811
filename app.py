"""The desk's front door: `streamlit run app.py` and `uvicorn app:app` both find the app here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from lib.log import set_up_logging
from lib.ui.door import show_bug
from lib.ui.loopback import LoopbackOnly
from lib.ui.warmup import warmed_up

set_up_logging()

app = st.App(
    Path(__file__).parent / "lib" / "ui" / "router.py",
    lifespan=warmed_up,
    middleware=[Middleware(LoopbackOnly)],
    on_script_error=show_bug,
)
