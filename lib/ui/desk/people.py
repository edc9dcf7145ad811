"""The cell of the people: who works here as what, who is expected, and for each what may be changed, taken away or undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from lib.domain.access.members import Member, Presence
from lib.domain.accounts import Client
from lib.domain.people import Right, Role
from lib.pipeline.setup import people as coming_and_going
from lib.services.people import removing, sign_in
from lib.services.people.roles import EVERY
from lib.settings import has_sign_in
from lib.ui.desk.newcomers import ROLES, clients_field, newcomer, to_pass_on
from lib.ui.entry.door import shown_errors, tell_then, told
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, badge
from lib.ui.parts.notebook import cell
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain

_LOOKS = {
    Presence.ACTIVE: GOOD,
    Presence.INVITED: ("blue", "mail"),
    Presence.LAPSED: ATTENTION,
    Presence.REMOVED: NOTHING,
}
_PLACE = "people-settled"
_JUST_REMOVED = "people-just-removed"


def people_cell(number: int, visit: Visit, members: Sequence[Member], clients: Sequence[Client]) -> None:
    """Who works here, as what, which clients each may see, and when they were last here."""
    names = {item.id: item.name for item in clients}
    here = [item for item in members if item.is_active]
    why = "Roles carry rights, asked again with every click; a client's person sees summaries of their clients only."
    with cell(number, "People", why=why, result=counted(len(here), "person", "people")):
        told(_PLACE)
        to_pass_on()
        _table(here, names, visit.desk.clock())
        is_inviting = has_sign_in(visit.desk.settings)
        words = "Invite a person" if is_inviting else "Add a person"
        with st.expander(words, icon=":material/person_add:"):
            newcomer(visit, clients, _PLACE, is_inviting=is_inviting)
        others = [item for item in here if not item.is_local]
        if others:
            with st.expander("Change what somebody may, sign them out, remove them", icon=":material/manage_accounts:"):
                _one(visit, others, clients)
        gone = [item for item in members if not item.is_active]
        if gone:
            is_news = bool(st.session_state.pop(_JUST_REMOVED, False))
            with st.expander(counted(len(gone), "removed person", "removed people"), expanded=is_news):
                _removed(visit, gone)


def _table(here: Sequence[Member], names: Mapping[int, str], now: datetime) -> None:
    reading_table(
        [
            {
                "Person": plain(item.actor.name),
                "Address": plain(item.email),
                "Role": plain(ROLES[item.actor.role].partition(":")[0]),
                "Sees": _scope(item, names),
                "State": _state(item, now),
                "Last here": _when(item.last_seen_at) if item.last_seen_at else "–",
            }
            for item in here
        ]
    )


def _state(item: Member, now: datetime) -> str:
    there = item.presence(now)
    until = item.invited_until
    words = f"Invited to {until.day} {until:%B}" if there is Presence.INVITED and until else there.capitalize()
    return badge(words, _LOOKS[there])


def _one(visit: Visit, others: Sequence[Member], clients: Sequence[Client]) -> None:
    by_email = {item.email: item for item in others}
    email = st.selectbox(
        "Whom",
        list(by_email),
        index=None,
        key="member",
        format_func=lambda each: f"{by_email[each].actor.called}, {each}" if each in by_email else each,
        placeholder="Choose a person",
        width=420,
    )
    member = by_email.get(str(email))
    if member is None:
        return
    with shown_errors():
        owned = visit.read(removing.accounts_of, member.email)
    heirs = [item for item in others if item.actor.may(Right.MANAGE_ACCOUNTS) and item.email != member.email]
    if owned:
        st.markdown(f":small[:gray[Answers for {plain(', '.join(owned))}.]]")
    _rights(visit, member, clients, owned, heirs)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Sign out everywhere", key=f"member-out-{member.actor.person_id}", type="tertiary"):
            with shown_errors(goes_on=True):
                visit.act(sign_in.sign_out_everywhere, member.email)
                tell_then(_PLACE, f"{member.email} is signed out wherever they were.")
                st.rerun()
        with st.popover(f"Remove {plain(member.actor.called)}", icon=":material/person_remove:"):
            _removal(visit, member, owned, heirs)


def _rights(
    visit: Visit, member: Member, clients: Sequence[Client], owned: Sequence[str], heirs: Sequence[Member]
) -> None:
    key, scope = member.actor.person_id, member.actor.client_ids
    with st.form(f"member-{key}", border=False):
        first, second, third = st.columns(3)
        name = first.text_input("Name", value=member.actor.name, key=f"member-name-{key}")
        role = second.selectbox(
            "Role",
            list(Role),
            index=list(Role).index(member.actor.role),
            format_func=ROLES.__getitem__,
            key=f"member-role-{key}",
        )
        seen = None if scope is None else [item.key for item in clients if item.id in scope]
        chosen = clients_field(third, clients, seen, key=f"member-clients-{key}")
        heir = _heir(owned, heirs, key=f"member-heir-{key}", words="Who answers next, where they may no longer")
        if st.form_submit_button("Save what they may"):
            with shown_errors(goes_on=True):
                said = {"name": name, "role": str(role), "clients": EVERY if chosen is None else ",".join(chosen)}
                changed = coming_and_going.change(
                    visit.desk, visit.actor, member.email, said, accounts_to=heir or None, may_lapse=heir == ""
                )
                tell_then(
                    _PLACE, f"{changed.member.email} is {ROLES[changed.member.actor.role].partition(':')[0]} now."
                )
                st.rerun()


def _removal(visit: Visit, member: Member, owned: Sequence[str], heirs: Sequence[Member]) -> None:
    key = member.actor.person_id
    st.markdown("They are out with their next click. What they did stays with their name, and they can be put back.")
    heir = _heir(owned, heirs, key=f"member-next-{key}", words="Who answers for their accounts next")
    if st.button(f"Remove {plain(member.email)}", key=f"member-remove-{key}", type="primary"):
        with shown_errors(goes_on=True):
            coming_and_going.remove(
                visit.desk, visit.actor, member.email, accounts_to=heir or None, may_lapse=heir == ""
            )
            st.session_state[_JUST_REMOVED] = True
            tell_then(_PLACE, f"{member.email} was removed. Put them back below if that was a mistake.")
            st.rerun()


def _heir(owned: Sequence[str], heirs: Sequence[Member], *, key: str, words: str) -> str | None:
    """Who gets the accounts: an address, '' for nobody (they lapse), None where nothing was chosen or nothing is owned."""
    if not owned:
        return None
    names = {item.email: item.actor.called for item in heirs}
    chosen = st.selectbox(
        words,
        [*names, ""],
        index=None,
        key=key,
        format_func=lambda each: names.get(each, "Nobody: they are no longer live"),
        placeholder="Choose who, or nobody",
        width=420,
    )
    return None if chosen is None else str(chosen)


def _removed(visit: Visit, gone: Sequence[Member]) -> None:
    for item in gone:
        with st.container(horizontal=True, vertical_alignment="center"):
            gone_since = f"{plain(item.email)}, removed {_when(item.changed_at)}"
            st.markdown(f"{plain(item.actor.called)} :small[:gray[{gone_since}]]", width="stretch")
            if st.button("Put back", key=f"member-back-{item.actor.person_id}"):
                with shown_errors(goes_on=True):
                    visit.act(removing.put_person_back, item.email)
                    tell_then(_PLACE, f"{item.email} is on this desk again, and signs in anew.")
                    st.rerun()


def _scope(person: Member, names: Mapping[int, str]) -> str:
    if person.actor.client_ids is None:
        return "every client"
    return (
        plain(", ".join(names.get(each, "another client") for each in sorted(person.actor.client_ids))) or "no client"
    )


def _when(at: datetime) -> str:
    return f"{at.day} {at:%B}, {at:%H:%M} UTC"
