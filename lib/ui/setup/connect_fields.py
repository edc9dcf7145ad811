"""The fields of connecting a provider: for which client, beside which other account, kept where, counting what."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from lib.domain.objects import Destination
from lib.domain.people import Right
from lib.services.setup.templates import Offer, OfferedObject, Offers, suggested_key
from lib.ui.entry.guard import Visit
from lib.ui.entry.sidebar import CLIENT
from lib.ui.parts.address import from_address
from lib.ui.parts.marks import NOTHING, badge
from lib.ui.parts.signals import every_signal
from lib.ui.parts.words import plain

_NEW = "+ a new client"
_USUAL_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)


def twin_fields(offers: Offers, offer: Offer, client: str) -> tuple[str, str]:
    """Where the client has this provider already: what tells the two apart, as (source label, why there are two)."""
    others = [item for item in offers.accounts if item.client_key == client and item.provider == offer.key]
    if not others:
        return "", ""
    named = ", ".join(f"{plain(item.source_label)} ({plain(item.key)})" for item in others)
    st.markdown(f":small[:gray[{plain(others[0].client_name)} has {plain(offer.name)} already:] {named}]")
    left, right = st.columns(2)
    label = left.text_input(
        "Source label",
        key="account-label",
        max_chars=100,
        placeholder=f"{offer.source_label}, north side",
        help="What tells this one from the other wherever a number of it stands. Blank is the template's.",
    )
    because = right.text_input(
        "Or why there are two under one label",
        key="account-second",
        max_chars=500,
        help="Without a label or a reason of its own, a second account is refused: it would count the same twice.",
    )
    return label, because


def client_field(visit: Visit, offers: Offers) -> tuple[str, str, tuple[str, str] | None]:
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


def destination_field(offer: Offer) -> str:
    """Which database keeps it, where the provider sends things to either; decided before anything is imported (R7)."""
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
            help=f"Decided before anything is imported, and fixed by the first delivery. {offer.destination_reason}",
        )
    )


def signal_fields(objects: tuple[OfferedObject, ...]) -> dict[str, str]:
    """What each object counts, where the template only assumes it."""
    assumed = [item for item in objects if item.is_assumed]
    if not assumed:
        return {}
    options = every_signal()
    chosen: dict[str, str] = {}
    with st.expander(f"What each object counts · {len(assumed)} assumed", icon=":material/rule:"):
        st.markdown(
            ":small[:gray[Signals never mix, so each object has exactly one. It can be changed until the first "
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
