"""The form that lets somebody in: invited where people sign in, added at once where they do not."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.access.members import INVITED_DAYS, MOST_INVITED_DAYS
from lib.domain.accounts import Client
from lib.domain.people import Role
from lib.pipeline.setup import people as coming_and_going
from lib.services.people import people
from lib.services.people.roles import EVERY
from lib.ui.entry.door import shown_errors, tell_then
from lib.ui.entry.guard import Visit

ROLES = {
    Role.ADMIN: "Admin: people, clients, database health",
    Role.OWNER: "Data owner: sets up, maps, approves, answers",
    Role.ANALYST: "Analyst: explores, reviews, fixes, captures baselines",
    Role.STAKEHOLDER: "Client: sees summaries of their own business",
}
_WORDS = "invitation-words"


def newcomer(visit: Visit, clients: Sequence[Client], place: str, *, is_inviting: bool) -> None:
    """The form; what comes of it is told at `place`."""
    with st.form("add-person", border=False, clear_on_submit=False):
        first, second, third = st.columns(3)
        email = first.text_input("Address", type="email", help="The address they sign in with.")
        role = second.selectbox("Role", list(Role), index=2, format_func=ROLES.__getitem__)
        chosen = clients_field(third, clients, None, key="add-person-clients")
        days = INVITED_DAYS
        if is_inviting:
            days = int(first.number_input("Days it stands", 1, MOST_INVITED_DAYS, INVITED_DAYS))
        if st.form_submit_button("Invite the person" if is_inviting else "Add the person"):
            with shown_errors(goes_on=True):
                if is_inviting:
                    tell_then(place, _invited(visit, email, Role(str(role)), chosen, days))
                else:
                    added = visit.act(people.add_person, email, Role(str(role)), chosen)
                    tell_then(place, f"{added.email} may come in now.")
                st.rerun()


def _invited(visit: Visit, email: str, role: Role, chosen: list[str] | None, days: int) -> str:
    made = coming_and_going.invite(visit.desk, visit.actor, email, role, chosen, days)
    if made.is_sent:
        return f"The invitation was sent to {made.member.email}."
    st.session_state[_WORDS] = made.words
    trouble = f"The mail server did not take it ({made.trouble})" if made.trouble else "No mail server is named"
    return f"{made.member.email} is invited. {trouble}, so pass this on:"


def to_pass_on() -> None:
    """The words of an invitation that nobody was sent, to be copied as they are."""
    words = st.session_state.pop(_WORDS, None)
    if words:
        st.code(words, language=None, wrap_lines=True)


def clients_field(
    place: st.delta_generator.DeltaGenerator, clients: Sequence[Client], chosen: Sequence[str] | None, *, key: str
) -> list[str] | None:
    """Which clients somebody sees; None for every client.

    Every client is a choice of its own, and gives way to any that is named: what is left empty by mistake opens nothing.
    """
    names = {EVERY: "Every client", **{item.key: item.name for item in clients}}
    picked = place.multiselect(
        "Sees",
        list(names),
        default=[EVERY] if chosen is None else list(chosen),
        key=key,
        format_func=lambda each: names.get(each, each),
        placeholder="Choose clients",
        help="Those that are named, or every client. A client's person needs names.",
    )
    named = [each for each in picked if each != EVERY]
    return None if EVERY in picked and not named else named
