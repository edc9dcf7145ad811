"""The cells of the desk itself: its clients, what its databases say, and where it runs."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

import streamlit as st

from lib.domain.accounts import Client
from lib.domain.people import Actor, Right
from lib.services.running.doctor import WRONG, Finding
from lib.services.setup import clients
from lib.services.setup.templates import suggested_key
from lib.settings import Settings, has_sign_in
from lib.ui.desk.health import Health, look_again
from lib.ui.entry.door import shown_errors
from lib.ui.entry.first_start import demo_button
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell, empty, next_line
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said, sentence


def next_step(everyone: Sequence[Client], persons: Sequence[Actor], findings: Sequence[Finding]) -> None:
    """What the desk itself lacks first."""
    wrong = [item for item in findings if item.severity == WRONG]
    if wrong:
        next_line(plain(wrong[0].sentence), sentence(wrong[0].mend))
    elif not everyone:
        next_line("Add a client.", "Every account, number and report belongs to one.")
    elif not any(person.may(Right.APPROVE_LOADS) and not person.may(Right.MANAGE_DESK) for person in persons):
        next_line(
            "Add a data owner.", "Somebody who maps and approves, so that an admin is not needed for ordinary work."
        )
    elif findings:
        next_line("Look at what the databases say.", f"{counted(len(findings), 'remark')} in step 4.")
    else:
        next_line("Nothing waits for an admin.", "Clients and people are there, and the databases have no complaint.")


def clients_cell(number: int, visit: Visit, everyone: Sequence[Client]) -> None:
    """The service businesses the desk reports to."""
    why = "A service business the desk reports to; its days are counted in its own time zone."
    with cell(number, "Clients", why=why, result=counted(len(everyone), "client")):
        if everyone:
            reading_table(
                [
                    {
                        "Client": plain(item.name),
                        "Key": said(item.key),
                        "Time zone": plain(item.timezone),
                        "Data": badge("Invented", NOTHING) if item.is_demo else badge("Their own", GOOD),
                    }
                    for item in everyone
                ]
            )
        else:
            empty("No client is here yet.", "Add the first one below, or load the demo workspace to look around.")
        with st.expander("Add a client", icon=":material/add_business:", expanded=not everyone):
            _add_client(visit, everyone)
        if not any(item.is_demo for item in everyone):
            with st.expander("Load the demo workspace", icon=":material/science:"):
                st.markdown(":small[:gray[A client that does not exist, with a year of invented deliveries.]]")
                demo_button(visit)


def health_cell(number: int, found: Health) -> None:
    """What is wrong or to be watched, one sentence each with the mend."""
    findings = found.findings
    wrong = sum(item.severity == WRONG for item in findings)
    result = badge(f"{wrong} wrong", STOPPED) if wrong else badge(f"{len(findings)} to watch", ATTENTION)
    why = "The same as the command `doctor` finds; looking changes nothing."
    with cell(number, "What the databases say", why=why, result=result if findings else badge("Nothing wrong", GOOD)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":small[:gray[Looked at {found.at:%H:%M:%S} UTC.]]", width="content")
            st.button("Look again", key="look-again", type="tertiary", on_click=look_again)
        if not findings:
            empty("Nothing is wrong.", "Both databases answer, stand at head, and nothing in them contradicts itself.")
            return
        reading_table(
            [
                {
                    "": badge("Wrong", STOPPED) if item.severity == WRONG else badge("Watch", ATTENTION),
                    "What": plain(item.sentence),
                    "Mend": sentence(item.mend),
                    "Code": said(item.code),
                }
                for item in findings
            ]
        )


def settings_cell(number: int, settings: Settings) -> None:
    """Where the desk runs; addresses hold passwords, so only the kind of database is said."""
    why = "Read from the environment when the desk starts. Nothing here holds a password."
    with cell(number, "Where it runs", why=why):
        reading_table(
            [
                {"Setting": "App database", "Value": _database(settings.app_url), "Named in": said("DATABASE_URL")},
                {
                    "Setting": "Traffic database",
                    "Value": _database(settings.traffic_url),
                    "Named in": said("TRAFFIC_DATABASE_URL"),
                },
                {"Setting": "Folder", "Value": said(settings.home), "Named in": said("DESK_HOME")},
                {
                    "Setting": "Sign-in",
                    "Value": "OpenID Connect" if has_sign_in(settings) else "None: this machine only, one local admin",
                    "Named in": said(".streamlit/secrets.toml"),
                },
            ]
        )


def _add_client(visit: Visit, everyone: Sequence[Client]) -> None:
    with st.form("add-client", border=False):
        first, second, third = st.columns(3)
        name = first.text_input("Name", placeholder="Harbor Roofing", help="As the client reads it.")
        key = second.text_input("Key", help="Its short name in addresses and commands; made from the name when empty.")
        zones = sorted(available_timezones())
        zone = third.selectbox(
            "Time zone", zones, index=zones.index("America/New_York"), help="Its days begin and end here."
        )
        if st.form_submit_button("Add the client"):
            taken = frozenset(item.key for item in everyone)
            with shown_errors(goes_on=True):
                visit.act(clients.add_client, key.strip() or suggested_key(name, taken=taken), name, str(zone))
                st.toast(f"Added {plain(name)}.")
                st.rerun()


def _database(url: str) -> str:
    return "Embedded SQLite" if url.startswith("sqlite") else "MySQL server"
