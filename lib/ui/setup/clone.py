"""Set a like account up for another client, or again for the same one."""

from __future__ import annotations

import streamlit as st

from lib.domain.accounts import Account
from lib.domain.people import Right
from lib.pipeline.setup.cloning import Wanted, clone_account
from lib.services.setup import clients
from lib.services.setup.templates import suggested_key
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import to_address


def clone(visit: Visit, account: Account) -> None:
    """A box that is closed, with the new account's client, key and reason; nothing for whoever manages no accounts."""
    if not visit.may(Right.MANAGE_ACCOUNTS):
        return
    with st.expander("Set up a like account for another client"):
        st.markdown(
            "Its settings, signals, policies, match rules and maps go along, the maps to be approved. Secrets, promises, "
            "class rules and data stay with their client. The new account is paused."
        )
        names = {item.key: item.name for item in visit.read(clients.every_client)}
        left, right = st.columns(2)
        client = left.selectbox("For which client", list(names), format_func=names.__getitem__, key="clone-client")
        proposed = suggested_key(str(client), account.provider)
        key = right.text_input("Its key", proposed, key=f"clone-key-{proposed}", max_chars=60)
        reason = st.text_input("Why is it connected?", account.reason, key="clone-reason", max_chars=500)
        because = ""
        if client == account.client_key:
            because = st.text_input("Why does this client have it twice?", key="clone-second", max_chars=500)
        if st.button(f"Set up {key} like {account.key}", key="clone", disabled=not key.strip()):
            with shown_errors(goes_on=True):
                wanted = Wanted(key.strip(), str(client), None, reason, because)
                made = clone_account(visit.desk, visit.actor, account.key, wanted)
                to_address(account=made.account)
                st.rerun()
