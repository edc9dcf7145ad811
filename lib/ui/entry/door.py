"""The error panel at the door: known trouble as a sentence with its way out, a bug as a reference and no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from lib.errors import DeskError
from lib.log import log_bug
from lib.ui.parts.words import plain, said, sentence


@contextmanager
def shown_errors(*, goes_on: bool = False) -> Iterator[None]:
    """Run a step of a page; when it fails the page shows why in its place and ends there.

    With `goes_on` known trouble does not end the page: what a form refused leaves the steps below as they were.

    A DeskError shows its sentence, hint and code. Anything else is logged with its traceback under a reference, and
    the person sees the reference only: an exception's own text may hold an address, a password or a client's data.
    """
    try:
        yield
    except DeskError as trouble:
        show_trouble(trouble)
        if not goes_on:
            st.stop()
    except Exception as bug:  # the door is where everything unexpected ends
        show_bug(bug)
        st.stop()


def show_trouble(trouble: DeskError) -> None:
    """Known trouble: the fact in bold, the way out, and the code to search for."""
    fact_and_way_out = f"**{plain(trouble.message)}** {sentence(trouble.hint)}".rstrip()
    st.error(f"{fact_and_way_out}  \n{said(trouble.code)}", icon=":material/close:")
    if trouble.is_retryable:
        st.button("Try again")


def tell_then(place: str, outcome: str | DeskError) -> None:
    """Keep what a step came to, or why it was not taken, for the page that is about to be read anew."""
    st.session_state[place] = outcome


def told(place: str) -> None:
    """What the last step of a place came to, shown once."""
    outcome = st.session_state.pop(place, None)
    if isinstance(outcome, DeskError):
        show_trouble(outcome)
    elif outcome:
        st.success(plain(outcome), icon=":material/check:")


def show_uncaught(trouble: Exception) -> bool:
    """What nothing on the page has caught, as in a button's callback. True tells Streamlit that it has been shown."""
    if isinstance(trouble, DeskError):
        show_trouble(trouble)
        return True
    return show_bug(trouble)


def show_bug(bug: Exception) -> bool:
    """A bug: logged in full, shown as its reference. True tells Streamlit that it has been shown."""
    reference = log_bug(bug)
    st.error(
        f"**Something broke on the desk's side.** It is logged as `{reference}`; "
        "whoever runs this desk finds the cause under that reference.",
        icon=":material/close:",
    )
    return True
