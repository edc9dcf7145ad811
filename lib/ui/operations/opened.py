"""What lies behind a box of the funnel: files that were refused, rows that fail with samples, and loads by their place."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.accounts import Account
from lib.domain.running.runs import RunLoad
from lib.domain.states import LoadStatus
from lib.services.reviewing import review_reasons
from lib.services.running.run_history import FailedReason, Opened
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import load_badge
from lib.ui.parts.notebook import link
from lib.ui.parts.tables import navigating_table, reading_table
from lib.ui.parts.words import counted, plain, said, sentence
from lib.ui.review.load_list import moment


def opened_box(visit: Visit, box: str, found: Opened) -> None:
    """The reasons, runs or loads behind a box, with samples where somebody looks."""
    with st.container(key=f"opened-{box}", gap="small"):
        if box == "valid":
            _reasons(visit, found.reasons)
        elif box == "committed":
            _load_table(found.loads, "Nothing was committed.", box)
        elif box == "review":
            _load_table(found.loads, "Nothing waits for a decision.", box)
        else:
            _losses(box, found)


def _losses(box: str, found: Opened) -> None:
    if not found.runs and not found.loads:
        fact = "Every file could be read." if box == "read" else "Every row that was read was mapped."
        st.markdown(f":small[:gray[{fact}]]")
    if found.runs:
        words = "could not be read" if box == "read" else "read, of which no load was made but tests"
        st.markdown(f"**{len(found.runs):,} {'delivery' if len(found.runs) == 1 else 'deliveries'}** {words}.")
        reading_table(
            [
                {
                    "File": said(short(line.run.file_name)),
                    "Source": plain(line.account.source_label),
                    "Received, UTC": moment(line.run.received_at),
                    "Why": plain(line.run.error_note or "No load that counts was made of it."),
                }
                for line in found.runs
            ]
        )
        link("Bring it in", "import_review", account=found.runs[0].account.key)
    if found.loads:
        _load_table(found.loads, "", box)


def _load_table(loads: Sequence[tuple[RunLoad, Account]], nothing: str, box: str) -> None:
    if not loads:
        st.markdown(f":small[:gray[{nothing}]]")
        return
    columns = {"Load": 90, "Source": 300, "Rows": 80, "Failed": 80, "Went in": 80, "Status": 130, "Note": 220}
    rows: list[tuple[str, str, dict[str, object], list[str]]] = [
        (
            f"Load {load.id}",
            "import_review",
            {"load": load.id},
            [
                f"{plain(account.source_label)}, {plain(load.object.replace('_', ' '))}",
                f"{load.row_count:,}",
                f"{load.failed:,}",
                f"{load.written - load.held:,}" if load.status is LoadStatus.COMMITTED else "–",
                load_badge(load.status),
                plain(load.error_note),
            ],
        )
        for load, account in loads
    ]
    navigating_table(columns, rows, key=f"opened-{box}")


def _reasons(visit: Visit, reasons: Sequence[FailedReason]) -> None:
    if not reasons:
        st.markdown(":small[:gray[No row fails a check.]]")
    for item in reasons:
        code, _, column = item.reason.partition(":")
        name = code.replace("_", " ").capitalize() + (f", {column.replace('_', ' ')}" if column else "")
        rest = f"{counted(item.rows, 'row')} in {counted(item.loads, 'load')} · {item.account.source_label}"
        title = f"**{plain(name)}** :small[:gray[{plain(rest)}]]"
        # Samples are asked for only where somebody looks: each is a walk to rows and to their payload.
        place = f"reason-{item.account.key}-{item.object}-{item.reason}"
        opened = st.expander(title, key=place, on_change="rerun")
        with opened:
            st.markdown(f"{plain(item.sentence)}  \n:small[:gray[To mend it: {sentence(item.mend)}]]")
            if opened.open:
                _samples(visit, item)


def _samples(visit: Visit, item: FailedReason) -> None:
    samples = visit.read(review_reasons.samples_of, item.load_id, item.reason, is_failed=True)
    if samples:
        reading_table(
            [
                {
                    "As it came": said(sample.value) if sample.value else f":gray[{sample.gone or 'empty'}]",
                    "Column in the file": said(sample.source) or "–",
                    "Line": sample.line_no,
                }
                for sample in samples[:5]
            ]
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        link(f"Its rows in load {item.load_id}", "import_review", load=item.load_id, show="failed", reason=item.reason)
        link("Look at the map", "field_maps", account=item.account.key, object=item.object)


def short(name: str) -> str:
    """A file's name with its middle left out where it is long."""
    return name if len(name) <= 26 else f"{name[:14]}…{name[-11:]}"
