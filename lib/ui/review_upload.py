"""Bring a file in: where it belongs, what is said of it, and how far a long import is."""

from __future__ import annotations

from datetime import date

import streamlit as st

from lib.domain.imports import DateRange
from lib.domain.people import Right
from lib.errors import DeskError
from lib.pipeline import Delivered, import_delivery, queue_import
from lib.services import jobs
from lib.services.uploads import ObjectLine, Target
from lib.ui.address import choice, number_from_address, to_address
from lib.ui.big_upload import big_upload
from lib.ui.door import show_trouble, shown_errors
from lib.ui.guard import Visit, require
from lib.ui.marks import GOOD, NOTHING, STOPPED, UNDER_WAY, badge
from lib.ui.notebook import cell, empty, link, turn
from lib.ui.signals import signal_in_words
from lib.ui.words import counted, plain

# A file of fewer lines is read while the person waits; a longer one is work for the worker.
_FEW_LINES = 5_000
_FEW_BYTES = 2_000_000
_MOST_MB = 50
_STAGES = {"reading": "Reading the file", "checking": "Mapping and checking rows", "writing": "Writing rows down"}


def upload_cell(number: int, visit: Visit, targets: tuple[Target, ...]) -> None:
    """Where the file belongs, what is said of it, and the one button that reads it."""
    with cell(
        number,
        "Bring a file in",
        why="The file is kept as it came, read through the approved map, and waits in review: nothing counts before that.",
    ):
        if not targets:
            empty(
                "No provider is connected yet.",
                "A file needs an account to belong to: its client, its source label, and the person who answers for it.",
                go="Connect a provider",
                to="provider_setup",
            )
            return
        chosen = _destination(targets)
        if chosen is None or not _is_ready(visit, *chosen):
            return
        target, line = chosen
        is_large = st.toggle(
            f"The file has more than {_MOST_MB} MB",
            key="is-large",
            help="It is then streamed to the desk's disk instead of its memory, and the worker reads it.",
        )
        if is_large:
            _stream(visit, target.key, line.name)
            return
        file = st.file_uploader(
            "File",
            type=["csv", "tsv", "txt", "json", "ndjson", "jsonl", "xlsx", "xls"],
            max_upload_size=_MOST_MB,
            key=f"file-{target.key}-{line.name}",
            help=f"CSV, JSON or XLSX, up to {_MOST_MB} MB.",
        )
        said_of_it = _said_of_it()
        if file is None:
            st.markdown(":small[:gray[Choose a file, and the button to read it appears here.]]")
            return
        content = file.getvalue()
        words = f"Read {len(content):,} bytes of {plain(file.name)} and bring it to review"
        if st.button(words, type="primary", key="read-file", disabled=said_of_it is None):
            days, is_partial, expected, is_test = said_of_it or (None, False, None, False)
            _bring(visit, Delivered(target.key, line.name, file.name, content, days, is_partial, expected, is_test))


def _stream(visit: Visit, account: str, name: str) -> None:
    """The way in for a file that must not lie in memory: what is said of it first, since choosing it sends it."""
    said_of_it = _said_of_it()
    if said_of_it is None:
        return
    days, is_partial, expected, is_test = said_of_it
    job = big_upload(visit, Delivered(account, name, "", b"", days, is_partial, expected, is_test))
    if job is not None:
        to_address(job=job, load="", again="")
        st.rerun()


def _destination(targets: tuple[Target, ...]) -> tuple[Target, ObjectLine] | None:
    by_key = {target.key: target for target in targets}
    names = {key: f"{target.client_name}, {target.source_label} ({key})" for key, target in by_key.items()}
    left, right = st.columns(2)
    with left:
        target = by_key[choice("Account", list(by_key), "account", names=names, hint="Whose file this is.")]
    with right:
        objects = {line.name: line for line in target.objects}
        signals = {name: f"{name.replace('_', ' ')}: {signal_in_words(line.signal)}" for name, line in objects.items()}
        name = choice("Object", list(objects), "object", names=signals, hint="What each row of the file is.")
    return (target, objects[name]) if name else None


def _is_ready(visit: Visit, target: Target, line: ObjectLine) -> bool:
    """Whether a file can be read for this object; where not, what is missing and the way on."""
    noun = plain(line.name.replace("_", " "))
    if not visit.may(Right.IMPORT):
        st.info("**Read only.** You can look at loads; bringing a file in is for analysts and data owners.")
        return False
    if target.is_paused:
        empty(
            f"{plain(target.source_label)} is paused.",
            "Nothing is imported while an account is paused. Its setup says why, and starts it again.",
            go="Look at its setup",
            to="provider_setup",
            account=target.key,
        )
        return False
    if line.map_version is None:
        empty(
            f"There is no approved map for {noun} yet.",
            "A file is read through a map that somebody approved; the desk suggests one from a sample of the file.",
            go=f"Map the fields of {noun}",
            to="field_maps",
            account=target.key,
            object=line.name,
        )
        return False
    st.markdown(f":small[:gray[Read through map {line.map_version}, the approved one.]]")
    return True


def _said_of_it() -> tuple[DateRange | None, bool, int | None, bool] | None:
    """The date range, partial, the rows expected, test; None while the dates do not make a range."""
    first_, last_, rows_ = st.columns(3)
    with first_:
        first = st.date_input("First day", None, key="range-from", help="Empty: taken from the rows of the file.")
    with last_:
        last = st.date_input("Last day", None, key="range-to", help="The last day counts too.")
    with rows_:
        expected = st.number_input(
            "Rows expected",
            min_value=0,
            value=None,
            step=1,
            key="expected-rows",
            help="What the provider says it sent. Another number stops the approval. Empty: not compared.",
        )
    with st.container(horizontal=True, gap="large"):
        is_partial = st.checkbox(
            "Partial delivery", key="is-partial", help="It makes no day complete, and never replaces a clean baseline."
        )
        is_test = st.toggle(
            "Test import", key="is-test", help="Reviewed and logged like any other, and writes no record and no metric."
        )
    if (first is None) != (last is None):
        st.markdown(":small[:orange[Give both days, or neither: then they are taken from the rows.]]")
        return None
    try:
        days = DateRange(first, last) if isinstance(first, date) and isinstance(last, date) else None
    except DeskError as trouble:
        show_trouble(trouble)
        return None
    return days, is_partial, int(expected) if expected is not None else None, is_test


def _bring(visit: Visit, delivered: Delivered) -> None:
    """Read a short file here and now; hand a long one to the worker. Either way the address says what comes next."""
    try:
        if _is_short(delivered.content):
            load, is_seen = _import_now(visit, delivered)
            to_address(load=load, again=1 if is_seen else "", job="")
        else:
            queued = queue_import(visit.desk, visit.actor, delivered)
            to_address(load=queued.load_id, again=1 if queued.load_id else "", job=queued.job_id)
    except DeskError as trouble:
        show_trouble(trouble)
        if trouble.code == "no_approved_map":
            link("Make a map", "field_maps", account=delivered.account, object=delivered.object)
        return
    st.rerun()


def _is_short(content: bytes) -> bool:
    return len(content) < _FEW_BYTES and content.count(b"\n") < _FEW_LINES


def _import_now(visit: Visit, delivered: Delivered) -> tuple[int, bool]:
    with st.status("Keeping the file as it came") as status:

        def progress(stage: str, done: int, total: int) -> None:
            rows = f": {done:,} of {counted(total, 'row')}" if total else ""
            status.update(label=f"{_STAGES.get(stage, stage.capitalize())}{rows}")

        try:
            done = import_delivery(visit.desk, visit.actor, delivered, progress)
        except DeskError:
            status.update(label="The file was not imported", state="error")
            raise
        status.update(label="In review", state="complete")
    return int(done["load"]), bool(done["already_seen"])


def job_cell(number: int, job_id: int) -> None:
    """How far a long import is, looked at every second until its load is there."""
    with cell(
        number,
        "On its way to review",
        why="The worker reads long files, so this page may be left and come back to: its address says which job it is.",
    ):
        _job_progress(job_id)


@st.fragment(run_every=1.0)
def _job_progress(job_id: int) -> None:
    # A fragment runs without the page around it, also after a right was withdrawn, so it asks anew.
    visit = require(Right.SEE_DETAIL)
    if number_from_address("job") != job_id:
        return
    with shown_errors():
        seen = visit.read(jobs.job, job_id)
        if seen.load_id is not None:
            to_address(load=seen.load_id, job="")
            st.rerun()
        _job_line(seen)
        if not seen.is_over and visit.may(Right.IMPORT):
            if st.button(f"Cancel job {job_id}: nothing of it is written", key="cancel-job"):
                visit.act(jobs.cancel, job_id)
                st.rerun()
        elif seen.is_over:
            turn("Choose a file again")


def _job_line(seen: jobs.JobLine) -> None:
    looks = {jobs.QUEUED: NOTHING, jobs.RUNNING: UNDER_WAY, jobs.DONE: GOOD, jobs.CANCELLED: NOTHING}
    words = [badge(str(seen.status).capitalize(), looks.get(seen.status, STOPPED))]
    stage = _STAGES.get(seen.stage, seen.stage.capitalize())
    words.append(f"{plain(stage)}: {seen.done:,}" + (f" of {counted(seen.total, 'row')}" if seen.total else " rows"))
    if seen.rate:
        words.append(f"{seen.rate:,.0f} rows a second")
    if seen.seconds_left is not None:
        words.append(f"about {seen.seconds_left:,.0f} s left")
    st.markdown(" · ".join(words))
    if seen.total:
        st.progress(min(seen.done / seen.total, 1.0))
    if seen.error:
        st.error(f"**The import stopped.** {plain(seen.error)} Nothing of it was written.", icon=":material/close:")
