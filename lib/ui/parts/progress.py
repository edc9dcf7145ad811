"""A bar that says what is being done and how far it has come; it goes when the work ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from lib.domain.jobs import Progress


@contextmanager
def progress_shown(first: str) -> Iterator[Progress]:
    """Show `first`, then each stage that the work names."""
    bar = st.progress(0.0, text=first)

    def show(stage: str, done: int, total: int) -> None:
        bar.progress(min(done / total, 1.0) if total else 0.0, text=stage.capitalize())

    try:
        yield show
    finally:
        bar.empty()
