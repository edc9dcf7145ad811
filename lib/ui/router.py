"""The script Streamlit runs for every visit: it names each page, so that no page is reached around it.

It lies apart from pages/ on purpose. With the main script beside that folder, an anonymous visit to a page's address
on a freshly started server ran the page and skipped the main script.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_STATIC = Path(__file__).parent / "static"

st.set_page_config(page_title="Connector Desk", page_icon=str(_STATIC / "mark.svg"), layout="wide")
# A logo cannot follow the theme by itself; the right one is chosen when the page first loads.
_THEME = "dark" if st.context.theme.type == "dark" else "light"
st.logo(str(_STATIC / f"name-{_THEME}.svg"), icon_image=str(_STATIC / "mark.svg"))

home = st.Page("../../pages/home.py", title="Home", icon=":material/home:", default=True)
st.navigation([home]).run()
