"""Connect a provider: choose its template, then answer the few things that no template can know."""

from __future__ import annotations

import streamlit as st

from lib.domain.accounts import Account
from lib.domain.objects import Destination
from lib.domain.people import Right
from lib.pipeline.setup.connecting import Connection, connect
from lib.services.setup.templates import Offer, Offers, suggested_key
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import from_address, to_address
from lib.ui.parts.marks import account_badge
from lib.ui.parts.notebook import cell, next_line, turn, waiting
from lib.ui.parts.signals import signals_in_words
from lib.ui.parts.tables import navigating_table
from lib.ui.parts.words import counted, plain
from lib.ui.setup.connect_fields import client_field, destination_field, signal_fields, twin_fields

_ACCOUNT_COLUMNS = {"Account": 280, "Client": 280, "Setup": 150, "Owner": 240}


def choose_and_connect(visit: Visit, offers: Offers) -> None:
    """The accounts there are, and the two steps of connecting; the last opens once a provider is chosen."""
    chosen = from_address("provider")
    offer = offers.provider(chosen) if chosen else None
    if offer is None:
        next_line("Choose a provider.", "Its template fills in what is known of it; you answer for the rest.")
    else:
        next_line(f"Say whom {plain(offer.name)} is for.", "Then its fields are mapped, and a first file is tested.")
    first = 1 if not offers.accounts else 2
    if offers.accounts:
        _connected(offers.accounts)
    if offer is None:
        _providers(first, offers)
        why = f"For which client, and who answers for it. Uses step {first}."
        waiting(first + 1, "Connect it", why=why, needs=f"step {first}")
        return
    with cell(
        first, "Provider", why="What it sends, what that counts, and where it is kept.", result=plain(offer.name)
    ):
        with st.container(border=True, gap="small"):
            _card(offer)
        turn("Choose another provider")
    why = f"For which client, why, and who answers for it. Uses step {first}."
    with cell(first + 1, f"Connect {plain(offer.name)}", why=why, result=plain(offer.source_label)):
        if visit.may(Right.MANAGE_ACCOUNTS):
            _form(visit, offers, offer)
        else:
            st.info("**Read only.** A data owner or an admin connects providers.", icon=":material/info:")


def _connected(accounts: tuple[Account, ...]) -> None:
    why = "Each has a page of its own: its record, the way so far, its plan for trouble."
    with cell(1, "Connected already", why=why, result=counted(len(accounts), "account")):
        navigating_table(
            _ACCOUNT_COLUMNS,
            [
                (
                    plain(item.source_label),
                    "",
                    {"account": item.key},
                    [plain(item.client_name), account_badge(item.status), plain(item.owner_email)],
                )
                for item in accounts
            ],
            key="connected",
        )


def _providers(number: int, offers: Offers) -> None:
    with cell(
        number,
        "Choose a provider",
        why="What it sends, what that counts, and where it is kept. What is not verified of a provider can be set.",
        result=counted(len(offers.providers), "template"),
    ):
        for first in range(0, len(offers.providers), 2):
            for place, offer in zip(st.columns(2, gap="small"), offers.providers[first : first + 2], strict=False):
                with place, st.container(border=True, height="stretch", gap="small"):
                    _card(offer)
                    turn(f"Choose {plain(offer.name)}", provider=offer.key)


def _card(offer: Offer) -> None:
    st.markdown(f"**{plain(offer.name)}**")
    objects = ", ".join(item.name.replace("_", " ") for item in offer.objects)
    signals = signals_in_words(dict.fromkeys(item.signal for item in offer.objects))
    facts = {
        "Sends": plain(objects),
        "Counts as": plain(signals) if offer.is_complete else "decided by you, object by object",
        "Sign-in": plain(offer.auth_model),
        "Kept in": f"the {plain(offer.destination)} database. {plain(offer.destination_reason)}",
        "To know": counted(len(offer.known_failures), "known trap") if offer.known_failures else "",
    }
    st.markdown("  \n".join(f":small[:gray[{name}] {words}]" for name, words in facts.items() if words))


def _form(visit: Visit, offers: Offers, offer: Offer) -> None:
    client, client_name, new_client = client_field(visit, offers)
    left, right = st.columns(2)
    proposed = suggested_key(client, offer.key, taken=offers.taken) if client else ""
    key = left.text_input(
        "Account key",
        value=proposed,
        key=f"account-key-{proposed}",
        help="Its short name in addresses, commands and metrics. Small letters, digits, - and _; it never changes.",
    )
    owner = right.text_input(
        "Owner",
        value=visit.actor.email,
        key="account-owner",
        type="email",
        help="The one person who answers for status, imports, mapping and incidents.",
    )
    reason = st.text_input(
        "Why is it connected?",
        key="account-reason",
        max_chars=500,
        placeholder="To see which paid leads become booked jobs",
        help="Kept with the account. When nobody remembers it, the connection should end.",
    )
    label, because = twin_fields(offers, offer, client)
    destination = destination_field(offer)
    signals = signal_fields(offer.sent_to(Destination(destination)))
    missing = [
        name for name, text in {"client": client, "key": key, "owner": owner, "reason": reason}.items() if not text
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            f"Connect {offer.name} for {client_name or 'the new client'}", type="primary", disabled=bool(missing)
        )
        if missing:
            st.markdown(f":small[:gray[Needs a {plain(', a '.join(missing))}.]]")
    if pressed:
        wanted = Connection(
            key.strip(), client, offer.key, owner, reason, signals, destination, new_client, label, because
        )
        with shown_errors(goes_on=True):
            account = connect(visit.desk, visit.actor, wanted)
            to_address(provider="", account=account.key)
            st.rerun()
