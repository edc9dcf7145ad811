"""What the doctor finds, kept for a minute: asking both databases about themselves costs more than the rest of a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from lib.domain.people import Actor
from lib.services.running import doctor
from lib.services.running.doctor import Finding
from lib.ui.entry.guard import Visit

KEPT = timedelta(minutes=1)


@dataclass(frozen=True)
class Health:
    """What was found, and when it was looked for."""

    at: datetime
    findings: tuple[Finding, ...]


def health(visit: Visit) -> Health:
    """What is wrong with the desk as this person sees it, up to a minute old; what could not be asked is not kept."""
    return _examined(visit, _told(visit.viewer))


def look_again() -> None:
    """Have the next run ask afresh."""
    _examined.clear()


@st.cache_data(ttl=KEPT, show_spinner=False)
def _examined(_visit: Visit, told: tuple[str, ...]) -> Health:  # noqa: ARG001 - by it Streamlit tells people apart
    inside = doctor.examine_desk(_visit.desk, _visit.viewer)
    return Health(_visit.desk.clock(), (*doctor.examine_databases(_visit.desk.settings), *inside))


def _told(viewer: Actor) -> tuple[str, ...]:
    """Who looks, and as what: whoever sees less since then is not shown what was found before."""
    scope = ["every"] if viewer.client_ids is None else [str(item) for item in sorted(viewer.client_ids)]
    return (str(viewer.person_id), str(viewer.role), *scope)
