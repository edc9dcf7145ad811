"""Bring a file in: where it belongs, what is said of it, and the button that reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import streamlit as st

from lib.domain.imports import DateRange, DeliveryKind
from lib.domain.objects import ObjectType, object_type
from lib.domain.people import Right
from lib.errors import DeskError
from lib.pipeline.loading.inward import Delivered, import_delivery, queue_import
from lib.reporting.control_totals import money_columns, read_expected
from lib.services.arriving.uploads import ObjectLine, Target
from lib.ui.controls.big_upload import big_upload
from lib.ui.controls.job_progress import STAGES
from lib.ui.entry.door import show_trouble
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import choice, to_address
from lib.ui.parts.notebook import cell, empty, link
from lib.ui.parts.words import counted, plain
from lib.ui.review.by_hand import by_hand_part, file_by_hand

# A file of fewer lines is read while the person waits; a longer one is work for the worker.
_FEW_LINES = 5_000
_FEW_BYTES = 2_000_000
_MOST_MB = 50


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
        by_hand_part(visit, target.key, line.name)
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
        said_of_it = _said_of_it(target.key, line.name)
        if file is None:
            st.markdown(":small[:gray[Choose a file, and the button to read it appears here.]]")
            return
        content = file.getvalue()
        words = f"Read {len(content):,} bytes of {plain(file.name)} and bring it to review"
        if st.button(words, type="primary", key="read-file", disabled=said_of_it is None) and said_of_it:
            _bring(visit, replace(said_of_it, file_name=file.name, content=content))


def _stream(visit: Visit, account: str, name: str) -> None:
    """The way in for a file that must not lie in memory: what is said of it first, since choosing it sends it."""
    said_of_it = _said_of_it(account, name)
    if said_of_it is None:
        return
    job = big_upload(visit, said_of_it)
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
        signals = {name: f"{name.replace('_', ' ')}: {line.signal.words}" for name, line in objects.items()}
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


def _said_of_it(account: str, name: str) -> Delivered | None:
    """A delivery without its file: its range, what is expected of it, partial, test; None while something cannot be read."""
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
    sums = _sums_expected(object_type(name))
    with st.container(horizontal=True, gap="large"):
        is_partial = st.checkbox(
            "Partial delivery", key="is-partial", help="It makes no day complete, and never replaces a clean baseline."
        )
        is_test = st.toggle(
            "Test import", key="is-test", help="Reviewed and logged like any other, and writes no record and no metric."
        )
        is_by_hand = st.toggle(
            "Entered by hand",
            key="is-by-hand",
            help="A file of your own in the provider's place; it is labelled so wherever it shows.",
        )
    by_hand = file_by_hand(is_asked=is_by_hand)
    if by_hand is None:
        return None
    if (first is None) != (last is None):
        st.markdown(":small[:orange[Give both days, or neither: then they are taken from the rows.]]")
        return None
    try:
        days = DateRange(first, last) if isinstance(first, date) and isinstance(last, date) else None
        totals = read_expected(sums, object_type(name))
    except DeskError as trouble:
        show_trouble(trouble)
        return None
    rows = int(expected) if expected is not None else None
    kind = DeliveryKind.MANUAL if by_hand else DeliveryKind.FILE
    return Delivered(
        account,
        name,
        "",
        b"",
        days,
        is_partial,
        rows,
        is_test,
        control_totals=totals,
        kind=kind,
        by_hand_reason=by_hand,
    )


def _sums_expected(kind: ObjectType) -> list[str]:
    """What the money columns must come to, as `column=amount`; nothing where a field is left empty."""
    columns = money_columns(kind)
    if not columns:
        return []
    with st.expander("Sums expected", key="sums-expected"):
        st.markdown(":small[:gray[What the provider says the rows come to. Any difference stops the approval.]]")
        texts = {}
        for place, column in zip(st.columns(len(columns)), columns, strict=True):
            with place:
                words = f"Sum of {column.replace('_', ' ')}"
                texts[column] = st.text_input(words, key=f"sum-{kind.name}-{column}", placeholder="12345.67")
    return [f"{column}={text}" for column, text in texts.items() if text.strip()]


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


def _is_short(content: bytes | Path) -> bool:
    return isinstance(content, bytes) and len(content) < _FEW_BYTES and content.count(b"\n") < _FEW_LINES


def _import_now(visit: Visit, delivered: Delivered) -> tuple[int, bool]:
    with st.status("Keeping the file as it came") as status:

        def progress(stage: str, done: int, total: int) -> None:
            rows = f": {done:,} of {counted(total, 'row')}" if total else ""
            status.update(label=f"{STAGES.get(stage, stage.capitalize())}{rows}")

        try:
            done = import_delivery(visit.desk, visit.actor, delivered, progress)
        except DeskError:
            status.update(label="The file was not imported", state="error")
            raise
        status.update(label="In review", state="complete")
    return int(done["load"]), bool(done["already_seen"])
