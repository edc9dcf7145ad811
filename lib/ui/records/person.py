"""The cell of one person's own questions: everything that is known of them found, handed out, and erased for good."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.domain.access.privacy import Sighting
from lib.domain.people import Actor, Right
from lib.errors import DeskError
from lib.pipeline.privacy.erasing import Erased, erase
from lib.pipeline.privacy.finding import FoundPerson, find_person_everywhere, narrowed
from lib.pipeline.privacy.person_file import person_wanted
from lib.services.privacy import export_person, find_person
from lib.ui.controls.download import leaving_button
from lib.ui.entry.door import show_trouble, shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, GOOD, badge
from lib.ui.parts.notebook import boxes, cell, empty
from lib.ui.parts.progress import progress_shown
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain

_DRAFT = "person-found"
_MOST = 50


@dataclass(frozen=True)
class Looked:
    """What a search came to, for whom: another person, another view or another client sees nothing of it."""

    by: int
    as_: int
    client: str
    found: FoundPerson
    erased: tuple[Erased, ...] = ()


def person_cell(number: int, visit: Visit, client: str) -> None:
    """The search for everything about one person, and what came of it; for admins, and owners within their clients."""
    if not visit.may(Right.MANAGE_ACCOUNTS):
        return
    looked = _mine(visit, client)
    why = "When somebody asks what is known of them, or to be forgotten: records, rows, raw cells, files, webhooks, texts."
    with cell(number, "Everything about a person", why=why, result=_result(looked)):
        _search(visit, client)
        if looked is None:
            return
        if looked.erased:
            _reports(looked.erased)
        elif not any(looked.found.counts.values()):
            empty("Nothing is known of them.", "Try another phone or address; what was erased cannot be found again.")
        else:
            _what_there_is(looked.found)
            _records(visit, looked)
            leaving_button(
                visit, "Take it as a file", person_wanted(visit.desk, looked.found.who, client), key="person-file"
            )
            _erase(visit, looked)


def _mine(visit: Visit, client: str) -> Looked | None:
    looked = st.session_state.get(_DRAFT)
    whose = (visit.actor.person_id, visit.viewer.person_id, client)
    is_mine = isinstance(looked, Looked) and (looked.by, looked.as_, looked.client) == whose
    return looked if is_mine else None


def _search(visit: Visit, client: str) -> None:
    with st.form("person", border=False):
        left, middle, right = st.columns(3)
        phone = left.text_input("Phone", placeholder="(303) 555-0142", key="person-phone")
        email = middle.text_input("E-mail", placeholder="name@example.com", key="person-email")
        name = right.text_input("First and last name", key="person-name", help="A name may be many people's.")
        is_asked = st.form_submit_button("Look everywhere", icon=":material/person_search:")
    if not is_asked:
        return
    st.session_state.pop(_DRAFT, None)
    given = [[text.strip()] if text.strip() else [] for text in (phone, email, name)]
    try:
        with progress_shown("Looking through every record, row, file and text") as progress:
            actor = narrowed(visit.desk, visit.viewer, client)
            who = visit.desk.ask(actor, find_person.asked_for, *given)
            found = find_person_everywhere(visit.desk, actor, who, progress)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    st.session_state[_DRAFT] = Looked(visit.actor.person_id, visit.viewer.person_id, client, found)
    st.rerun()


def _what_there_is(found: FoundPerson) -> None:
    counts = found.counts
    boxes(
        [
            ("Records", f"{counts['records']:,}", "of leads, jobs, calls, customers"),
            ("Rows", f"{counts['rows']:,}", "of loads, with their cells"),
            ("Kept files", f"{counts['files']:,}", "as they came"),
            ("Texts", f"{counts['texts'] + counts['staying']:,}", "that speak of them"),
        ],
        key="person",
    )
    if counts["receipts"]:
        st.markdown(f"{counted(counts['receipts'], 'webhook')} with them in it waits to be taken in.")
    if found.was_erased:
        st.info("They were erased before. Rows are still found by keyed hashes, which say nothing of them.")
    if not found.who.is_certain:
        st.warning("A name may be many people's. Look at the records before anything is erased.")
    if found.traces.sightings:
        with st.expander(f"{counted(len(found.traces.sightings), 'text that speaks', 'texts that speak')} of them"):
            reading_table([_sighting(item) for item in found.traces.sightings[:_MOST]])


def _records(visit: Visit, looked: Looked) -> None:
    """Who they are, so that nobody is erased for somebody else's phone."""
    actor = narrowed(visit.desk, visit.viewer, looked.client)
    lines = [
        line
        for name, ids in sorted(looked.found.traces.records.items())
        for line in visit.desk.ask(actor, export_person.records_of, name, sorted(ids)[:_MOST])
    ]
    if lines:
        st.markdown(
            ":small[:gray[A phone may be shared: where these are several people, look for the e-mail address alone.]]"
        )
        reading_table([_record(line) for line in lines[:_MOST]])


def _record(line: dict[str, Any]) -> dict[str, str | int]:
    name = line.get("name") or " ".join(str(line[part]) for part in ("first_name", "last_name") if line.get(part))
    return {
        "Name": plain(str(name)),
        "Phone": plain(str(line.get("phone") or "")),
        "E-mail": plain(str(line.get("email") or "")),
        "Record": plain(f"{line['object'].replace('_', ' ')} {line['external_id']}"),
        "Source": plain(f"{line['client']} / {line['source_label']}"),
    }


def _sighting(item: Sighting) -> dict[str, str | int]:
    return {
        "Where": plain(item.called),
        "In": plain(", ".join(item.columns)),
        "Erasing": f"stays: {plain(item.stays)}" if item.stays else "takes it out",
    }


def _erase(visit: Visit, looked: Looked) -> None:
    with st.expander("Erase them for good", icon=":material/person_remove:"):
        st.markdown(
            "Names, phones, addresses and free texts go from every record, row and payload, and the files they came in are "
            "let go. Counts, sums, verdicts and baselines stay as they are. **It cannot be undone.** When a provider sends "
            "them again, their rows are emptied again. What bears only their name is left alone."
        )
        reason = st.text_input(
            "Why",
            key="person-reason",
            placeholder="asked by letter on 3 March",
            help="It stays, so say it without their name.",
        )
        by_name = bool(looked.found.who.names) and st.checkbox(
            "Also what bears only their name: it is theirs and nobody else's", key="person-by-name"
        )
        is_sure = st.checkbox("Erase them for good", key="person-sure")
        is_certain = looked.found.who.is_certain or by_name
        if st.button("Erase", key="person-erase", type="primary", disabled=not (is_sure and is_certain and reason)):
            with shown_errors(goes_on=True), progress_shown("Erasing, step by step") as progress:
                actor = narrowed(visit.desk, _as_seen(visit), looked.client)
                done = erase(visit.desk, actor, looked.found.who, reason, by_name=by_name, progress=progress)
                st.session_state[_DRAFT] = dataclasses.replace(looked, erased=tuple(done))
                st.rerun()


def _as_seen(visit: Visit) -> Actor:
    """The person who acts, in what they see: looking as somebody else, nothing beyond that person's clients."""
    return dataclasses.replace(visit.actor, client_ids=visit.viewer.client_ids)


def _reports(reports: tuple[Erased, ...]) -> None:
    for item in reports:
        done = [
            counted(count, name.removesuffix("s"))
            for name, count in item.report.counts.items()
            if count and name != "staying"
        ]
        told = ", ".join(done) or "nothing was left to change"
        lead = "Erased" if item.report.is_finished else "Not all of it could be erased yet"
        st.success(f"**{lead}.** Erasure {item.report.id}: {told}.", icon=":material/person_remove:")
        if item.staying:
            st.markdown("What stays, and why:")
            reading_table([{"Where": plain(place), "Why": plain(why)} for place, why in item.staying[:_MOST]])


def _result(looked: Looked | None) -> str:
    if looked is None:
        return ""
    if looked.erased:
        return badge("Erased", GOOD)
    total = looked.found.counts["records"] + looked.found.counts["rows"]
    return f"{counted(total, 'record or row', 'records and rows')}" if total else badge("Nothing found", ATTENTION)
