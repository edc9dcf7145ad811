"""Hand an account over to another desk as one file, and rebuild one out of such a file."""

from __future__ import annotations

import streamlit as st

from lib.domain.accounts import Account, Client
from lib.domain.people import Right
from lib.errors import DeskError
from lib.pipeline.leaving.accounts import pack_wanted
from lib.pipeline.setup.handover import Taken, take_pack
from lib.ui.controls.download import leaving_button
from lib.ui.entry.door import show_trouble
from lib.ui.entry.guard import Visit
from lib.ui.parts.notebook import turn
from lib.ui.parts.words import plain, sentence

_KEY = "handover-taken"


def hand_over(visit: Visit, account: Account) -> None:
    """Take the whole account out as one file; nothing for whoever does not manage accounts."""
    if not visit.may(Right.MANAGE_ACCOUNTS):
        return
    with st.expander("Hand this account over to another desk"):
        st.markdown(
            "One file with its settings, maps, rules, numbers, a glossary and a masked sample. No credential is in it, "
            "only where each desk keeps its own. That it was taken is written into the timeline."
        )
        words = f"Take {account.key} out as one file"
        leaving_button(visit, words, pack_wanted(account.key), key="handover-pack")


def take_over(visit: Visit, clients: tuple[Client, ...]) -> None:
    """Rebuild an account out of a handover pack; nothing for whoever does not manage accounts."""
    if not visit.may(Right.MANAGE_ACCOUNTS) or not clients:
        return
    with st.expander("Or rebuild an account from a handover pack"):
        names = {item.key: item.name for item in clients}
        client = st.selectbox("For which client", list(names), format_func=names.__getitem__, key="handover-client")
        key = st.text_input(
            "Its key here", key="handover-key", max_chars=60, placeholder="the one it had", help="Blank keeps its own."
        )
        file = st.file_uploader("The pack", type=["zip"], key="handover-file", help="A file that `handover` wrote.")
        if st.button("Rebuild the account", key="handover-take", disabled=file is None) and file is not None:
            try:
                st.session_state[_KEY] = take_pack(visit.desk, visit.actor, file.getvalue(), str(client), key.strip())
            except DeskError as trouble:
                show_trouble(trouble)
                return
        taken = st.session_state.get(_KEY)
        if isinstance(taken, Taken):
            _report(taken)


def _report(taken: Taken) -> None:
    made = "\n".join(f"- {plain(line)}" for line in taken.made)
    still = "\n".join(f"- {sentence(line)}" for line in taken.to_fill)
    st.markdown(f"**Made**\n{made}\n\n**Still to do here**\n{still}")
    turn(f"Open {taken.account}", account=taken.account)
