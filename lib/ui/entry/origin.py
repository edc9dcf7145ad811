"""Where a run of a page comes from, for the audit log."""

from __future__ import annotations

import streamlit as st

from lib.domain.access.origins import came_by


def say_origin(person_id: int | None = None) -> None:
    """All that this run does comes from the visitor's browser; `person_id` is who is truly there."""
    came_by("page", st.context.ip_address, person_id)
