"""Connect a provider: choose its template, then answer the few things that no template can know."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from lib.domain.accounts import Account
from lib.domain.objects import Destination
from lib.domain.people import Right
from lib.pipeline import Connection, connect
from lib.services.setup.templates import Offer, OfferedObject, Offers, suggested_key
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.entry.sidebar import CLIENT
from lib.ui.parts.address import from_address, to_address
from lib.ui.parts.marks import NOTHING, account_badge, badge
from lib.ui.parts.notebook import cell, next_line, turn, waiting
from lib.ui.parts.signals import every_signal, signals_in_words
from lib.ui.parts.tables import navigating_table
from lib.ui.parts.words import counted, plain

_NEW = "+ a new client"
_ACCOUNT_COLUMNS = {"Account": 280, "Client": 280, "Setup": 150, "Owner": 240}
_USUAL_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)


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
    client, client_name, new_client = _client(visit, offers)
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
        help="The one person who answers for status, imports, mapping and incidents (R2).",
    )
    reason = st.text_input(
        "Why is it connected?",
        key="account-reason",
        max_chars=500,
        placeholder="To see which paid leads become booked jobs",
        help="Kept with the account. When nobody remembers it, the connection should end.",
    )
    destination = _destination(offer)
    signals = _signals(offer.sent_to(Destination(destination)))
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
        wanted = Connection(key.strip(), client, offer.key, owner, reason, signals, destination, new_client=new_client)
        with shown_errors(goes_on=True):
            account = connect(visit.desk, visit.actor, wanted)
            to_address(provider="", account=account.key)
            st.rerun()


def _client(visit: Visit, offers: Offers) -> tuple[str, str, tuple[str, str] | None]:
    """The client's key, its name, and for a new one (name, time zone)."""
    names = {item.key: item.name for item in offers.clients}
    options = [*names, _NEW] if visit.may(Right.MANAGE_DESK) else list(names)
    if not options:
        st.markdown(":small[:gray[There is no client yet. An admin adds one under Clients and people.]]")
        return "", "", None
    asked = from_address(CLIENT)
    chosen = st.selectbox(
        "Client",
        options,
        index=options.index(asked) if asked in names else 0,
        key="connect-client",
        format_func=lambda item: names.get(item, "Add a new client"),
        help="The service business the numbers are for.",
    )
    if chosen != _NEW:
        return str(chosen), names[str(chosen)], None
    first, second, third = st.columns(3)
    name = first.text_input("Client's name", key="client-name", placeholder="Harbor Roofing")
    proposed = suggested_key(name, taken=frozenset(names)) if name else ""
    key = second.text_input(
        "Client's key", value=proposed, key=f"client-key-{proposed}", help="Its short name in addresses and commands."
    )
    zone = third.selectbox(
        "Time zone",
        [*_USUAL_ZONES, *sorted(available_timezones() - set(_USUAL_ZONES))],
        key="client-zone",
        help="Its days begin and end here, in every number.",
    )
    return (key if name else ""), name, (name, str(zone))


def _destination(offer: Offer) -> str:
    options = [item.value for item in Destination if offer.sent_to(item)]
    said = {
        "app": "App database: people, jobs, calls, invoices",
        "traffic": "Traffic database: daily counts of clicks and impressions",
    }
    if len(options) == 1:
        st.markdown(f":small[:gray[Kept in] the {options[0]} database. {plain(offer.destination_reason)}]")
        return options[0]
    return str(
        st.radio(
            "Where is it kept?",
            options,
            index=options.index(offer.destination),
            key="account-destination",
            format_func=lambda item: said[item],
            help=f"Decided before anything is imported, and fixed by the first delivery (R7). {offer.destination_reason}",
        )
    )


def _signals(objects: tuple[OfferedObject, ...]) -> dict[str, str]:
    """What each object counts, where the template only assumes it."""
    assumed = [item for item in objects if item.is_assumed]
    if not assumed:
        return {}
    options = every_signal()
    chosen: dict[str, str] = {}
    with st.expander(f"What each object counts · {len(assumed)} assumed", icon=":material/rule:"):
        st.markdown(
            ":small[:gray[Signals never mix (R3), so each object has exactly one. It can be changed until the first "
            f"load is committed.]] {badge('Assumed', NOTHING)}"
        )
        places = st.columns(2)
        for number, item in enumerate(assumed):
            usual = f"{item.signal.signal}:{item.signal.paid}"
            chosen[item.name] = str(
                places[number % 2].selectbox(
                    item.name.replace("_", " ").capitalize(),
                    list(options),
                    index=list(options).index(usual),
                    key=f"signal-{item.name}",
                    format_func=lambda name: options[name],
                    help=f"Usually {item.signal.words.lower()}.",
                )
            )
    return chosen
