"""The foot of the portal: the switch for the monthly e-mail, for whoever looks at their own page."""

from __future__ import annotations

import streamlit as st

from lib.domain.publishing.report_notes import LATEST_DAY
from lib.services.publishing import report_notes
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.words import plain

_KEY = "portal-monthly-note"


def subscription(visit: Visit, client: str) -> None:
    """The switch; nothing on a desk that sends no mail, and nothing while somebody else is looked as.

    It is the person's own: an analyst who turns it on gets the note, and the client does not.
    """
    if not visit.desk.settings.smtp_url or visit.viewer != visit.actor:
        return
    now = visit.read(report_notes.subscription, client)
    with st.container(key="portal-subscription", gap=None):
        # What stands in the database holds, also where it was changed on the command line meanwhile.
        st.session_state[_KEY] = now.is_on
        st.toggle("Send me this page once a month", key=_KEY, on_change=_switch, args=(visit, client))
        st.markdown(
            f":small[:gray[By e-mail to {plain(now.email)}, once the month's data is complete, at the latest on the "
            f"{LATEST_DAY}th of the next month.]]"
        )


def _switch(visit: Visit, client: str) -> None:
    with shown_errors(goes_on=True):
        visit.act_own(report_notes.subscribe, client, is_on=bool(st.session_state[_KEY]))
