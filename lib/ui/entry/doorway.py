"""What stands in front of the pages: the sign-in page, and a calm word for whoever does not get past it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.errors import DeskError
from lib.ui.entry.door import show_trouble
from lib.ui.entry.sign_in import configured
from lib.ui.entry.visitor import NOT_SIGNED_IN
from lib.ui.parts.notebook import column, page
from lib.ui.parts.words import plain, sentence
from lib.ui.site import site

_UNKNOWN = frozenset({"not_on_this_desk", "address_unverified", "invitation_lapsed"})


def turned_back(trouble: DeskError) -> None:
    """Show why nobody gets in, at whatever address was asked for; no page of the desk runs.

    Every page's address stays a known one, so that the address survives and Streamlit does not call it missing.
    """

    def shown() -> None:
        _shown(trouble)

    names = [item.name for item in site()]
    doors = [st.Page(_named(shown, name), title="Connector Desk", url_path=name) for name in names[1:]]
    front = st.Page(_named(shown, names[0]), title="Connector Desk", url_path=names[0], default=True)
    st.navigation([front, *doors], position="hidden").run()


def _shown(trouble: DeskError) -> None:
    if configured() is None:
        with column():
            show_trouble(trouble)
    elif trouble.code in _UNKNOWN:
        with page("You are not on this desk", "Connector Desk"):
            st.markdown(f"**{plain(trouble.message)}** {sentence(trouble.hint)}")
            st.button("Sign out", on_click=st.logout)
    elif trouble.code in (NOT_SIGNED_IN, "signed_out"):
        with page("Sign in", "Connector Desk"):
            _ways_in(trouble)
    else:
        with column():
            show_trouble(trouble)


def _ways_in(trouble: DeskError) -> None:
    if trouble.code == NOT_SIGNED_IN:
        st.markdown("The desk shows each person what they may see, so it has to know who you are.")
    else:
        st.markdown(f"**{plain(trouble.message)}** {sentence(trouble.hint)}")
    found = configured()
    with st.container(horizontal=True):
        for number, provider in enumerate(found.providers if found else ()):
            words = f"Sign in with {_said(provider)}" if provider else "Sign in"
            st.button(
                words,
                type="secondary" if number else "primary",
                on_click=st.login,
                args=(provider or None,),
                key=f"sign-in-{number}",
            )


def _said(provider: str) -> str:
    return plain(provider.replace("_", " ").capitalize())


def _named(body: Callable[[], None], name: str) -> Callable[[], None]:
    """The same body under a name of its own: Streamlit tells pages apart by it."""

    def door() -> None:
        body()

    door.__name__ = f"door_{name}"
    return door
