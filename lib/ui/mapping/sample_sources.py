"""Where a sample may come from: a file, a pasted payload, a delivery or webhook that is kept, the template's example."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.domain.people import Right
from lib.errors import DeskError
from lib.services.mapping import map_samples
from lib.services.mapping.map_drafts import MapDraft
from lib.services.mapping.map_samples import KeptDelivery, Sample
from lib.ui.entry.door import show_trouble
from lib.ui.mapping.session import Work, drafts, sampled
from lib.ui.parts.words import counted

_KINDS = ["csv", "tsv", "txt", "json", "ndjson", "jsonl", "xlsx", "xls"]
_PLACES = {
    "file": "A file",
    "delivery": "A delivery",
    "pasted": "Pasted text",
    "webhook": "A webhook",
    "example": "Example",
}


def sample_sources(work: Work) -> None:
    """Choose where the sample comes from, and take it."""
    name = "Take another sample" if work.draft.sample else "Take a sample"
    with st.expander(name, expanded=work.draft.sample is None):
        place = st.segmented_control(
            "From",
            list(_PLACES),
            key="map-sample-from",
            default="file",
            format_func=_PLACES.__getitem__,
            label_visibility="collapsed",
        )
        {"delivery": _delivery, "pasted": _pasted, "webhook": _webhook, "example": _example}.get(str(place), _upload)(
            work
        )


def _upload(work: Work) -> None:
    file = st.file_uploader(
        "An export of the provider",
        type=_KINDS,
        key=f"map-sample-{work.draft.account}-{work.draft.object}",
        help="CSV, JSON or Excel. It is read here and written nowhere; for some hours a reload finds it again.",
        disabled=not work.visit.may(Right.EDIT_MAPS),
    )
    if file is None or file.file_id in drafts().uploads:
        return
    drafts().uploads.add(file.file_id)
    _take(work, lambda _: work.visit.read(map_samples.sample_file, file.name, file.getvalue()))


def _delivery(work: Work) -> None:
    if not work.kept:
        st.markdown(":small[:gray[No delivery of this account is kept. What is imported appears here.]]")
        return
    names = {str(item.id): _words_of(item) for item in work.kept}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            "A delivery that is kept", list(names), format_func=names.__getitem__, key="map-kept", width=420
        )
        if st.button(f"Look at delivery {number}", key="map-kept-take"):
            _take(work, lambda _: work.visit.read(map_samples.sample_delivery, int(str(number))))


def _words_of(item: KeptDelivery) -> str:
    rows = "" if item.row_count is None else f", {counted(item.row_count, 'row')}"
    return f"{item.id}: {item.file_name}, {item.received_at.day} {item.received_at:%b %Y}{rows}"


def _pasted(work: Work) -> None:
    with st.form(f"map-paste-{work.draft.account}-{work.draft.object}", border=False):
        text = st.text_area(
            "A payload, or rows with their header",
            key=f"map-pasted-{work.draft.account}-{work.draft.object}",
            height=160,
            placeholder='{"id": 1042, "customer": {"name": "…"}}',
            help="JSON or delimited text. Nested JSON becomes dotted paths. It is read here and written nowhere.",
        )
        is_sent = st.form_submit_button("Read what is pasted")
    if is_sent:
        _take(work, lambda _: work.visit.read(map_samples.sample_pasted, text or ""))


def _webhook(work: Work) -> None:
    logged = work.visit.read(map_samples.kept_webhooks, work.draft.account)
    if not logged:
        st.markdown(
            ":small[:gray[No webhook of this account is logged with its payload. Once one comes in, it can be chosen here; "
            "until then, paste one.]]"
        )
        return
    names = {item.receipt_id: item.words for item in logged}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            "A webhook that is kept", list(names), format_func=names.__getitem__, key="map-webhook", width=420
        )
        if st.button("Look at this webhook", key="map-webhook-take"):
            _take(work, lambda draft: work.visit.read(map_samples.sample_webhook, draft.account, int(str(number))))


def _example(work: Work) -> None:
    if st.button("Use the provider's example", key="map-example", help="One invented row of the template."):
        _take(work, lambda draft: work.visit.read(map_samples.sample_example, draft.account, draft.object))


def _take(work: Work, take: Callable[[MapDraft], Sample]) -> None:
    """Take a sample and draw the page anew; one that is refused says why in this place."""
    try:
        with st.spinner("Reading the sample"):
            sampled(work.visit, work.draft, take(work.draft))
    except DeskError as trouble:
        show_trouble(trouble)
        return
    st.rerun()
