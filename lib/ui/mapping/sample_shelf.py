"""Samples that a person brought, in the memory of the server and nowhere else, so that a reload finds them again."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock

import streamlit as st

from lib.services.mapping.map_samples import Sample

# So many samples of at most 10,000 rows, each for so many seconds after it was last looked at.
_MOST = 24
_KEPT_S = 8 * 3600.0

Place = tuple[int, str, str]


class SampleShelf:
    """Samples by the person who brought them, the account and the object; nobody finds another person's."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[Place, str], tuple[float, Sample]] = OrderedDict()
        self._lock = Lock()

    def put(self, place: Place, sample: Sample) -> None:
        """Hold a sample; the one that nobody looked at for longest goes where there are too many."""
        with self._lock:
            self._held[place, sample.id] = (time.monotonic(), sample)
            self._held.move_to_end((place, sample.id))
            while len(self._held) > _MOST:
                self._held.popitem(last=False)

    def find(self, place: Place, sample_id: str) -> Sample | None:
        """The sample, or None where it is no longer held."""
        with self._lock:
            put_at, sample = self._held.pop((place, sample_id), (0.0, None))
            if sample is None or time.monotonic() - put_at > _KEPT_S:
                return None
            self._held[place, sample_id] = (time.monotonic(), sample)
            return sample


@st.cache_resource(show_spinner=False)
def shelf() -> SampleShelf:
    """The server's one shelf; it is empty after a restart."""
    return SampleShelf()
