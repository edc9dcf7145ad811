"""Step 5: submit the draft with a word why, or decide on what waits with everything before one's eyes."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.domain.states import MapStatus
from lib.pipeline.loading.arrival import approve_map
from lib.services.mapping import map_versions, maps
from lib.services.mapping.map_desk import MapVersion, VersionLine
from lib.services.mapping.map_versions import MapDecision
from lib.ui.entry.door import shown_errors
from lib.ui.mapping.changes import changes
from lib.ui.mapping.session import Work, keep, previewed
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, badge, verdict_marks
from lib.ui.parts.notebook import cell, link, waiting
from lib.ui.parts.words import counted, plain

_TITLE = "Submit and approve"
_WHY = "A map is in use only once it is approved, and an approved map never changes again. Uses steps 2 to 4."
_UNPLACED_NAMED = 12


def approval_cell(number: int, work: Work) -> None:
    """What is to be decided now: submit the draft, or approve the version that waits."""
    desk, draft, view = work.desk, work.draft, work.view
    if draft.field_map is None:
        waiting(number, _TITLE, why=_WHY, needs="step 2" if draft.sample else "step 1")
        return
    is_waiting = view.is_version(desk.waiting, draft)
    with cell(number, _TITLE, why=_WHY, result=_result(work)):
        _returned(work)
        if desk.waiting is not None:
            _decide(work, desk.waiting, is_primary=is_waiting)
        if not is_waiting:
            _submit(work)


def _result(work: Work) -> str:
    desk = work.desk
    if desk.waiting is not None:
        return badge(f"Map {desk.waiting.version} waits", ATTENTION)
    if desk.current is not None:
        return badge(f"Map {desk.current.version} in use", GOOD)
    return badge("Nothing approved yet", NOTHING)


def _returned(work: Work) -> None:
    """The newest version was sent back: who did, and what is to be mended."""
    newest = work.desk.history[0] if work.desk.history else None
    if newest is not None and newest.status is MapStatus.RETURNED:
        st.markdown(
            f":orange[:material/change_history:] **Map {newest.version} was sent back** by {plain(newest.closed_by)}: "
            f"“{plain(newest.closed_reason)}”"
        )


def _submit(work: Work) -> None:
    desk, draft, view = work.desk, work.draft, work.view
    if view.is_version(desk.current, draft):
        assert desk.current is not None
        st.markdown(
            f"This is map {desk.current.version}, which is in use. An edit above begins map {desk.next_version}."
        )
        return
    why_not = ""
    if view.problems:
        why_not = f"{counted(len(view.problems), 'thing')} in step 2 must be mended first."
    elif not work.visit.may(Right.EDIT_MAPS):
        why_not = "Your role may look at maps and not submit them."
    if desk.waiting is not None:
        st.markdown(f"Your draft differs from map {desk.waiting.version}; submitting it makes map {desk.next_version}.")
    note = st.text_input(
        "Why, in a few words",
        key=f"map-note-{desk.next_version}",
        max_chars=500,
        placeholder="The export has a new column",
        help="Whoever approves it reads this, and it stays with the version.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        is_asked = st.button(
            f"Submit map {desk.next_version} for approval",
            key="map-submit",
            type="primary" if desk.waiting is None else "secondary",
            disabled=bool(why_not),
        )
        st.markdown(f":small[:gray[{plain(why_not or _what_it_holds(view.mapped, view.left_out, view.unplaced))}]]")
    if is_asked and draft.field_map is not None:
        with shown_errors():
            work.visit.act(maps.save_map, draft.account, draft.field_map, note)
        st.rerun()


def _decide(work: Work, waits: MapVersion, *, is_primary: bool) -> None:
    desk = work.desk
    found = work.visit.read(map_versions.decision, desk.account.key, desk.object, waits.version)
    _who_and_why(desk.line_of(waits.version), found)
    changes(found.changes, key=f"waits-{waits.version}", is_first=found.replaces is None)
    _coverage(found)
    _preview(work, waits, is_primary=is_primary)
    rollback, baseline, is_sure = _way_back(work, found)
    may = desk.may_approve and work.visit.may(Right.APPROVE_MAPS)
    why_not = _why_not(found, rollback, baseline, is_sure=is_sure) if may else _eyes(work, may=may)
    with st.container(horizontal=True, vertical_alignment="center"):
        is_asked = st.button(
            f"Approve map {waits.version}, {counted(len(waits.field_map.fields), 'field')}",
            key="map-approve",
            type="primary" if is_primary else "secondary",
            disabled=bool(why_not),
        )
        if not is_primary:
            st.button(f"Look at map {waits.version}", key="map-look", on_click=look, args=(work, waits))
        st.markdown(f":small[:gray[{plain(why_not or _eyes(work, may=may))}]]")
    if is_asked:
        with shown_errors():
            work.visit.act(
                approve_map,
                desk.account.key,
                desk.object,
                waits.version,
                rollback_note=rollback,
                baseline_id=baseline,
            )
        st.rerun()
    _not_this_way(work, found)


def _who_and_why(line: VersionLine, found: MapDecision) -> None:
    on = f"{line.submitted_at.day} {line.submitted_at:%b %Y, %H:%M} UTC"
    why = f": “{plain(line.note)}”" if line.note else ", without a word why."
    after = (
        f"It replaces map {found.replaces}, which is then retired." if found.replaces else "It is the first one."
    ) + " What was imported before stays as it is."
    st.markdown(f"**Map {line.version}** was submitted by {plain(line.submitted_by)} on {on}{why}  \n{after}")


def _coverage(found: MapDecision) -> None:
    """How much of what comes in it places; what lacks a place by its names."""
    cover = found.coverage
    lead = f"{counted(cover.placed, 'field')} fill a column, {cover.left_out} left out on purpose."
    if cover.placed == 1:
        lead = lead.replace("fill a", "fills a")
    if cover.unplaced:
        names = ", ".join(cover.unplaced[:_UNPLACED_NAMED])
        more = len(cover.unplaced) - _UNPLACED_NAMED
        names += f" and {more} more" if more > 0 else ""
        lead += f" {len(cover.unplaced)} left out because nothing fits: {names}."
    sign = ":orange[:material/change_history:] **Few of its fields are placed.** " if cover.is_thin else ""
    st.markdown(f"{sign}{plain(lead)}")


def _preview(work: Work, waits: MapVersion, *, is_primary: bool) -> None:
    found = previewed(work) if is_primary else None
    if found is None:
        why = "a look at it brings its preview into step 4" if not is_primary else "step 1 takes one"
        st.markdown(f":small[:gray[No sample was read through map {waits.version} here; {why}.]]")
        return
    cells = f" {counted(found.failed_cells, 'cell')} could not be read." if found.failed_cells else ""
    st.markdown(
        f"Of {counted(found.rows, 'row')} of the sample an import would say: {verdict_marks(found.verdicts)}{cells}"
    )


def _way_back(work: Work, found: MapDecision) -> tuple[str, int | None, bool]:
    """The rollback note, the baseline and whether the person is sure: asked of one that has gone live, else offered."""
    if not found.has_gone_live:
        if not found.baselines or found.replaces is None:
            return "", None, True
        return "", _baseline(found, "Measured against (the change is noted beside it)"), True
    st.markdown(
        ":orange[:material/change_history:] **This account has gone live.** Clients read numbers that are made with its maps."
    )
    rollback = st.text_area(
        "What is done when it turns out wrong",
        value=found.rollback_note,
        key=f"map-rollback-{found.version}",
        max_chars=1000,
        height=80,
        help="It stays with the version. Going back is one click in step 6.",
    )
    baseline = _baseline(found, "Measured against")
    if not found.baselines:
        link("Capture a baseline", "baseline_vs_current", client=work.desk.account.client_key)
    is_sure = st.checkbox(
        f"Put map {found.version} in use for clients' numbers", key=f"map-sure-{found.version}", value=False
    )
    return rollback, baseline, is_sure


def _baseline(found: MapDecision, label: str) -> int | None:
    words = {item.id: item.words for item in found.baselines}
    return st.selectbox(
        label,
        list(words),
        index=None,
        format_func=words.__getitem__,
        placeholder="No baseline" if words else "There is none yet",
        key=f"map-baseline-{found.version}",
    )


def _why_not(found: MapDecision, rollback: str, baseline: int | None, *, is_sure: bool) -> str:
    """What an account that has gone live still lacks; the service asks again."""
    if not found.has_gone_live:
        return ""
    if not rollback.strip():
        return "Write what is done when it turns out wrong."
    if baseline is None:
        return "Choose the baseline that the change is measured against."
    return "" if is_sure else "Tick that you mean it."


def _not_this_way(work: Work, found: MapDecision) -> None:
    """Send it back with a reason, or take back one's own."""
    desk = work.desk
    may_return = work.visit.may(Right.APPROVE_MAPS) and not found.is_own
    if not (may_return or found.is_own):
        return
    what = "Take map {} back" if found.is_own else "Send map {} back"
    with st.expander(what.format(found.version)):
        reason = st.text_input(
            "What is to be mended" if may_return else "Why (it may stay blank)",
            key=f"map-reason-{found.version}",
            max_chars=500,
        )
        is_asked = st.button(
            "Send it back to the drafter" if may_return else "Take it back",
            key="map-close",
            disabled=may_return and not reason.strip(),
        )
    if is_asked:
        verb = map_versions.send_back if may_return else map_versions.withdraw
        with shown_errors():
            work.visit.act(verb, desk.account.key, desk.object, found.version, reason)
        st.rerun()


def _eyes(work: Work, *, may: bool) -> str:
    if not may:
        return work.desk.why_not or "Your role may not approve maps."
    if work.desk.account.is_four_eyes:
        return "This account asks for four eyes: whoever submitted a map does not approve it."
    return "Four eyes is off for this account, so whoever submitted a map may approve it too."


def _what_it_holds(fields: int, left_out: int, unplaced: int) -> str:
    because = f", {unplaced} of them because nothing fits" if unplaced else ""
    return f"{counted(fields, 'field')} mapped, {left_out} left out{because}."


def look(work: Work, version: MapVersion) -> None:
    """Make what a version says the draft."""
    keep(work.draft.begun(version.field_map, f"map {version.version}"))
