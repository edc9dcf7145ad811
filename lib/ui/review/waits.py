"""Who let a load in, where nobody looked; and why one waits for a person although clean ones go in by themselves (F97)."""

from __future__ import annotations

import streamlit as st

from lib.domain.states import LoadStatus
from lib.pipeline.loading.unattended import waits_for_person
from lib.services.reviewing.review import LoadReview
from lib.ui.entry.guard import Visit
from lib.ui.parts.words import plain


def waits_part(visit: Visit, seen: LoadReview) -> None:
    """The conditions that keep it waiting, in words; nothing where its account lets none in by itself."""
    if seen.is_unattended:
        st.info(
            f"**Let in unattended.** Nobody looked at it before it went in: it met every condition of the standing order "
            f"of {plain(seen.approved_by)}. Undo it like any other load.",
            icon=":material/info:",
        )
    if seen.load.status is not LoadStatus.IN_REVIEW or not seen.account.intake.unattended.is_on:
        return
    why = visit.read(waits_for_person, seen.load.id)
    if why:
        told = " ".join(f"{plain(text[:1].upper() + text[1:])}." for text in why)
        st.info(f"**Waits for a person.** {told}", icon=":material/info:")
