"""The two doors of an empty desk: connect a provider, or load the demo workspace and look around."""

from __future__ import annotations

import streamlit as st

from lib.demo_loading import load_demo
from lib.domain.people import Right
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.notebook import link, next_line


def first_start(visit: Visit) -> None:
    """Nothing is connected yet: the two ways on, side by side."""
    next_line(
        "This desk is empty.", "Connect a provider to begin, or look around in a workspace with invented data first."
    )
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        st.markdown("**Connect a provider**")
        st.markdown(
            ":small[:gray[Choose what sends the data, for which client, and who answers for it. Its fields are mapped "
            "next, and nothing is counted before you approve it.]]"
        )
        if visit.may(Right.MANAGE_ACCOUNTS):
            link("Connect a provider", "provider_setup")
        else:
            st.markdown(":small[:gray[A data owner or an admin connects providers.]]")
    with right, st.container(border=True, height="stretch"):
        st.markdown("**Load the demo workspace** :gray-badge[Invented data]")
        st.markdown(
            ":small[:gray[A client that does not exist, with a year of Angi, ServiceTitan and Quote Request deliveries "
            "and everything that misleads in them: tests, spam, resold leads, a new status, half a file. It takes "
            "about a minute, and is marked as a demo wherever it shows.]]"
        )
        demo_button(visit)


def demo_button(visit: Visit) -> None:
    """Bring the demo workspace in by the real road, with a bar that says what is being read."""
    is_allowed = visit.may(Right.MANAGE_DESK)
    pressed = st.button("Load the demo workspace", key="load-demo", disabled=not is_allowed)
    if not is_allowed:
        st.markdown(":small[:gray[Only an admin brings a client onto the desk.]]")
    if not pressed:
        return
    bar = st.progress(0.0, text="Inventing a year of deliveries")

    def progress(stage: str, done: int, steps: int) -> None:
        words = "Setting up the client" if done == 0 else f"Delivery {min(done, steps - 1)} of {steps - 1}: {stage}"
        bar.progress(min(done / max(steps, 1), 1.0), text=words)

    with shown_errors(goes_on=True):
        load_demo(visit.desk, visit.actor, progress)
        st.rerun()
